// Reads tables of text: CSV, TSV, columns between semicolons or blanks, with or without a line of
// names, comments (# or %), quotes (RFC 4180), and Matrix Market's lists of coordinates.
#pragma once

#include <string>
#include <string_view>

#include "data/import/array.hpp"

namespace laconic::data {

// Reads a table of `where`. Columns with anything but numbers become texts; an empty field of
// another column is NaN. Error(data) names the line.
Array read_table(std::string_view text, const std::string& where);

}  // namespace laconic::data
