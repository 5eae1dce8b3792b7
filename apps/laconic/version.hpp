// The version of this executable. cmake/version.cmake writes the definitions at every build.
#pragma once

namespace laconic::version {

extern const char* const number;  // "0.1.0"
extern const char* const git;     // "f339baa", "f339baa-dirty", or "unknown" without git

}  // namespace laconic::version
