// A problem whose samples belong to clients:
//
//   F(θ) = 1/N sum over clients i of F_i(θ)        F_i(θ) = mean of f_s(θ) over the samples s of i
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "models/oracle.hpp"

namespace laconic::models {

template <class T>
struct Federation {
  int64_t dimension = 0;                           // of θ
  std::unique_ptr<Oracle<T>> oracle = {};          // f_s; may be made later
  std::vector<std::vector<int32_t>> samples = {};  // by client, ascending; none is empty
  std::optional<double> minimum = {};              // of F, if it is known

  // Returns "10 clients, 1f2e…": a hash of who has which samples.
  std::string content() const;
  int64_t clients() const { return static_cast<int64_t>(samples.size()); }
};

}  // namespace laconic::models
