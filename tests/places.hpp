// The folder of the tests' sources. __FILE__ does not tell: a compiler cache makes it relative.
#pragma once

#include <filesystem>

namespace laconic {

std::filesystem::path tests_folder();

}  // namespace laconic
