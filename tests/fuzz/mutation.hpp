// Damage done to bytes without knowing what they mean: a function of the random numbers drawn.
#pragma once

#include <string>

#include "tests/framework/base/draw.hpp"

namespace laconic::fuzz {

// One to four of: bits and bytes changed; a number of 1, 2, 4 or 8 bytes, of either byte order, set
// to a boundary or moved a little; cut off, grown; a block copied, swapped, taken out; spliced with
// `other`. Half of the changes aim at bytes that are not zero: most of a file may be padding.
std::string mutate(std::string bytes, const std::string& other, Draw& draw);

// A number at which something might break.
int64_t boundary(Draw& draw);

}  // namespace laconic::fuzz
