// The compression function of SHA-256 (FIPS 180-4, 6.2.2): folds one block of 64 bytes into the
// state. There are two versions with equal results; the one with the processor's SHA instructions
// is ten times as fast.
#pragma once

#include <array>
#include <cstdint>

namespace laconic {

// The first 32 bits of the fractional parts of the cube roots of the first 64 primes (FIPS 180-4,
// 4.2.2).
extern const std::array<uint32_t, 64> sha256_constants;

void sha256_block_generic(std::array<uint32_t, 8>& state, const uint8_t* bytes);

bool has_sha_instructions();
void sha256_block_x86(std::array<uint32_t, 8>& state, const uint8_t* bytes);  // x86 with SHA

}  // namespace laconic
