// An option struct with variants: a nested one, entries that share an options type, entries that
// declare one key with different defaults and ranges, and a group that two structs describe.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "framework/config/checks.hpp"
#include "framework/config/variant.hpp"

namespace laconic::config {

struct Shape {
  const char* name;
  const char* help;
  MakeOptions make_options;
  int sides;  // what else a list holds
};

enum class Corner { sharp, round_ };

struct RoundOptions : Options {
  double radius = 1;
  int64_t size = 3;
  void describe(Fields& f) override {
    f.real("radius", radius, {.min = 0, .exclusive_min = true, .help = "of the circle"});
    f.integer("size", size, {.min = 1, .max = 9, .help = "in pixels"});
  }
  void check(const Checks& checks) const override {
    if (radius > static_cast<double>(size))
      checks.refuse("radius", "more than " + checks.path("size"));
  }
};

struct Mesh {
  int64_t cells = 8;
  void describe(Fields& f) { f.integer("cells", cells, {.min = 1, .help = "of the mesh"}); }
};

// Shared by square and hexagon; a hexagon has no mesh.
struct FlatOptions : Options {
  explicit FlatOptions(bool is_square) : square(is_square) {}
  bool square;
  int64_t size = 30;
  Corner corner = Corner::sharp;
  Mesh mesh;
  void describe(Fields& f) override {
    f.integer("size", size, {.min = 10, .max = 90, .help = "in pixels"});
    f.choice("corner", corner, {{"sharp", Corner::sharp}, {"round", Corner::round_}}, "its form");
    if (square) f.group("mesh", mesh, "what fills it");
  }
};

inline constexpr std::array inner_shapes{
    Shape{"none", "nothing", nullptr, 0},
    Shape{"round", "a circle", make<RoundOptions>, 1},
};

// An entry with a choice of its own.
struct FrameOptions : Options {
  std::string title = "framed";
  Variant<Shape> inside{"none", inner_shapes};
  void describe(Fields& f) override {
    f.text("title", title, "below the frame");
    f.variant("inside", inside, "what the frame holds");
  }
};

inline constexpr std::array shapes{
    Shape{"round", "a circle", make<RoundOptions>, 1},
    Shape{"square", "four sides",
          [] { return std::unique_ptr<Options>(std::make_unique<FlatOptions>(true)); }, 4},
    Shape{"hexagon", "six sides",
          [] { return std::unique_ptr<Options>(std::make_unique<FlatOptions>(false)); }, 6},
    Shape{"frame", "around another", make<FrameOptions>, 4},
    Shape{"point", "no size", nullptr, 0},
};

struct Drawing : Options {
  Variant<Shape> shape{"square", shapes};
  std::string colour = "red";
  void describe(Fields& f) override {
    f.variant("kind", shape, "what is drawn");
    f.text("colour", colour, "of the lines");
  }
  void check(const Checks& checks) const override {
    if (colour.empty()) checks.refuse("colour", "must not be empty");
  }
};

struct PaperInk : Options {
  double ink = 0.5;
  void describe(Fields& f) override {
    f.real("ink", ink, {.min = 0, .max = 1, .help = "share of the cartridge"});
  }
  void check(const Checks& checks) const override {
    if (ink == 0) checks.refuse("ink", "nothing is printed");
  }
};

struct PaperSize {
  int64_t width = 210;
  std::string tray;
  void describe(Fields& f) {
    f.integer("width", width, {.min = 1, .help = "of the paper", .unit = "mm"});
    f.text("tray", tray, "where it lies").changes_no_numbers();
  }
};

struct VariantOptions {
  Drawing drawing;
  PaperInk ink;
  PaperSize size;
  std::string log;
  int64_t copies = 1;
  void describe(Fields& f) {
    f.group("drawing", drawing, "the picture");
    f.group("paper", ink, "what it is drawn on").only_when("drawing.kind", {"round", "square"});
    f.text("log", log, "a file; empty = none").changes_no_numbers();
    f.integer("copies", copies, {.min = 1, .help = "printed"}).only_when("log", {""});
    f.group("paper", size, "");
  }
};

struct ResolvedDrawing {
  VariantOptions options;
  Resolved resolved;
};

inline ResolvedDrawing resolve_drawing(const std::string& yaml,
                                       const std::vector<std::string>& overrides = {},
                                       const SweepRow& row = {}) {
  VariantOptions options;
  Resolved resolved = resolve(options, yaml, "t.yaml", overrides, row);
  return {std::move(options), std::move(resolved)};
}

}  // namespace laconic::config
