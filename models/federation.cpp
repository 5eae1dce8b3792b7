#include "models/federation.hpp"

#include <fmt/format.h>

#include "framework/base/hash.hpp"

namespace laconic::models {

template <class T>
std::string Federation<T>::content() const {
  uint64_t hash = 0;
  for (const std::vector<int32_t>& of_client : samples)
    hash = hash_array(std::as_bytes(std::span(of_client)), hash ^ of_client.size());
  return fmt::format("{} clients, {:016x}", clients(), hash);
}

template struct Federation<float>;
template struct Federation<double>;

}  // namespace laconic::models
