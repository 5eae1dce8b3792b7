// How the page looks: light or dark as the reader's system is, from a telephone's width up.
#pragma once

#include <cstddef>
#include <string>

namespace laconic::report {

std::string style_sheet(size_t series);  // with the colours of so many runs

}  // namespace laconic::report
