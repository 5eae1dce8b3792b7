// Generates images that a convolution can classify, but a linear map of the pixels cannot. An image
// has one outline of five kinds, at any place, of any size, brighter or darker than the background,
// with noise. It is a function of (seed, number). The first 60 % of the rows train, the next 20 %
// validate, the rest test.
#include "data/images/formats/shapes.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "framework/base/random.hpp"

namespace laconic::data {
namespace {

constexpr const char* kinds[] = {"ring", "square", "plus", "cross", "triangle"};
constexpr int64_t kind_count = std::ssize(kinds);

// Returns the distance of (x, y) from the outline of a kind of radius 1 about the origin.
double distance(int64_t kind, double x, double y) {
  const double ax = std::abs(x), ay = std::abs(y);
  const double turned_x = std::abs(x + y) * std::sqrt(0.5),
               turned_y = std::abs(x - y) * std::sqrt(0.5);
  switch (kind) {
    case 0:
      return std::abs(std::hypot(x, y) - 1);
    case 1:
      return std::abs(std::max(ax, ay) - 0.85);
    case 2:
      return std::min(std::hypot(ax, std::max(0.0, ay - 1)), std::hypot(ay, std::max(0.0, ax - 1)));
    case 3:
      return std::min(std::hypot(turned_x, std::max(0.0, turned_y - 1)),
                      std::hypot(turned_y, std::max(0.0, turned_x - 1)));
    default:  // three half-planes about an upright triangle
      return std::abs(std::max(y - 0.6, (std::sqrt(3.0) * ax - y) / 2 - 0.5));
  }
}

void draw(double noise, int64_t seed, int64_t number, Images& images) {
  const Random random(static_cast<uint64_t>(seed), Stream::data, static_cast<uint64_t>(number));
  const auto size = static_cast<double>(images.width);
  const auto kind = static_cast<int64_t>(random.below(0, kind_count));
  const double radius = size * (0.2 + 0.15 * random.uniform(1));
  const double reach = size - 2 * (radius + 1);  // range of the centre
  const double centre_x = radius + 1 + reach * random.uniform(2);
  const double centre_y = radius + 1 + reach * random.uniform(3);
  const double contrast = (random.uniform(4) < 0.5 ? -1 : 1) * (60 + 40 * random.uniform(5));
  uint64_t draws = 6;
  for (int64_t y = 0; y < images.height; ++y)
    for (int64_t x = 0; x < images.width; ++x) {
      const double d = radius * distance(kind, (static_cast<double>(x) + 0.5 - centre_x) / radius,
                                         (static_cast<double>(y) + 0.5 - centre_y) / radius);
      const double ink = std::clamp(1.5 - d, 0.0, 1.0);  // a line two pixels wide with soft edges
      const double value = 128 + contrast * ink + 255 * noise * random.normal(draws++);
      images.pixels.push_back(static_cast<uint8_t>(std::clamp(std::round(value), 0.0, 255.0)));
    }
  images.labels.push_back(static_cast<int32_t>(kind));
}

}  // namespace

Images ShapesSource::load(int64_t seed) const {
  Images images;
  images.name = "shapes";
  images.height = images.width = shapes.size;
  images.classes = kind_count;
  images.class_names.assign(std::begin(kinds), std::end(kinds));
  const int64_t count = shapes.images;
  for (int64_t i = 0; i < count; ++i) draw(shapes.noise, seed, i, images);
  const auto range = [](int64_t begin, int64_t end) {
    std::vector<int32_t> rows(end - begin);
    std::iota(rows.begin(), rows.end(), static_cast<int32_t>(begin));
    return rows;
  };
  images.split = {range(0, count * 6 / 10), range(count * 6 / 10, count * 8 / 10),
                  range(count * 8 / 10, count)};
  return images;
}

void ShapesSource::describe(config::Fields& f) {
  f.group("shapes", shapes, "the drawn images");
}

void ShapesOptions::describe(config::Fields& f) {
  f.integer("images", images, {.min = 10, .max = 100000000, .help = "images, 60/20/20"});
  f.integer("size", size, {.min = 8, .max = 1024, .help = "width and height", .unit = "pixels"});
  f.real("noise", noise,
         {.min = 0, .max = 1, .help = "deviation of a pixel, of the range from black to white"});
}

}  // namespace laconic::data
