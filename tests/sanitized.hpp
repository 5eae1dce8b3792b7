// Sanitizers are slow: what this tells apart sees fewer cases of the same kinds.
#pragma once

namespace laconic::test {

#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
constexpr bool sanitized = true;
#else
constexpr bool sanitized = false;
#endif

}  // namespace laconic::test
