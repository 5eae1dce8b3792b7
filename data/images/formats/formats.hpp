// What the files of this folder offer to list.cpp.
#pragma once

#include "data/images/source.hpp"

namespace laconic::data {

ImageFormat idx_format();
ImageFormat shapes_format();

}  // namespace laconic::data
