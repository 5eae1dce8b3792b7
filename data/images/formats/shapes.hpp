// Generated images with one outline each, of five kinds; see shapes.cpp.
#pragma once

#include "data/images/source.hpp"

namespace laconic::data {

struct ShapesOptions {
  int64_t images = 6000;
  int64_t size = 20;   // width and height in pixels
  double noise = 0.1;  // standard deviation of a pixel; 1 = the range from black to white
  void describe(config::Fields& f);
};

struct ShapesSource final : ImageSource {
  ShapesOptions shapes;

  void describe(config::Fields& f) override;
  Images load(int64_t seed) const override;
};

}  // namespace laconic::data
