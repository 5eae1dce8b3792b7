// Where the sources of the tests lie. (The compiler's name of a file may be relative to the folder it was called in.)
#pragma once

#include <filesystem>

namespace laconic {

std::filesystem::path tests_folder();

}  // namespace laconic
