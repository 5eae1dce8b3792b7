#include "tests/places.hpp"

namespace laconic {

std::filesystem::path tests_folder() {
  return LACONIC_TESTS_FOLDER;
}

}  // namespace laconic
