// SHA-256 (FIPS 180-4), for names of cached files and fingerprints of a run's state. It is not used
// as a defence against attacks.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace laconic {

class Sha256 {
 public:
  Sha256();
  Sha256& update(std::span<const std::byte> bytes);
  template <class T>
  Sha256& update(std::span<T> values) {
    return update(std::as_bytes(values));
  }
  Sha256& update(std::string_view text) {
    return update(std::as_bytes(std::span(text.data(), text.size())));
  }
  std::string hex();  // finishes; call once

 private:
  void block(const uint8_t* bytes);
  std::array<uint32_t, 8> state_;
  std::array<uint8_t, 64> pending_{};
  uint64_t length_ = 0;
};

}  // namespace laconic
