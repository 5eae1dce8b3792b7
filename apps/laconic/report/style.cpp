#include "apps/laconic/report/style.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace laconic::report {
namespace {

// Colours that most people can distinguish on white and on near black; more series have hues a
// golden angle apart.
struct Colour {
  const char* light;
  const char* dark;
};
constexpr std::array<Colour, least_series> colours{
    Colour{"#2f63c8", "#7aa7ff"}, Colour{"#cf5a0c", "#ff9b52"}, Colour{"#15845a", "#54cf98"},
    Colour{"#ad3079", "#f07cc0"}, Colour{"#6a48c0", "#b79bff"}, Colour{"#0b8494", "#4fd1e0"},
    Colour{"#957000", "#e3bd4a"}, Colour{"#c22f2f", "#ff8080"}};

std::string series_variables(size_t series, bool dark) {
  std::string css;
  for (size_t i = 0; i < series; ++i) css += fmt::format("--s{}:{};", i, series_colour(i, dark));
  return css;
}

constexpr const char* light_variables =
    "--paper:#fbfbf9;--card:#fff;--ink:#1c2126;--soft:#5a646e;--line:#e1e4e7;--grid:#e7eaec;"
    "--warn:#8a4b00;--warnback:#fff4e2;--good:#126b45;--bad:#b3261e;"
    "--data:#a9b1b9;--forward:#4d7fe0;--backward:#2a4f9e;--exchange:#e2711d;--update:#2b9a6c;"
    "--evaluate:#15a0b2;--checkpoint:#8a63d2;--other:#dadee2;";
constexpr const char* dark_variables =
    "--paper:#14171a;--card:#1b1f23;--ink:#e8eaec;--soft:#a0a9b2;--line:#30363c;--grid:#2c3238;"
    "--warn:#ffc875;--warnback:#33270f;--good:#6fd9a4;--bad:#ff8a80;"
    "--data:#79828b;--forward:#6f9bf2;--backward:#3f68c4;--exchange:#f58a3c;--update:#3fb583;"
    "--evaluate:#2fb7c8;--checkpoint:#a582ea;--other:#3a4148;";

constexpr const char* rules = R"css(
*{box-sizing:border-box}
body{margin:0 auto;max-width:1240px;padding:1.5rem 1.25rem 4rem;background:var(--paper);
  color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Liberation Sans",sans-serif}
h1{font-size:1.7rem;line-height:1.2;margin:0 0 .2rem;overflow-wrap:anywhere}
h2{font-size:1.15rem;margin:2.4rem 0 .5rem}
.lead,.note,.legend{color:var(--soft);margin:.2rem 0 .8rem;overflow-wrap:anywhere}
.soft{color:var(--soft)}
.warn{color:var(--warn);background:var(--warnback);border-radius:6px;padding:.35rem .7rem;
  margin:.5rem 0;overflow-wrap:anywhere}
.scroll{overflow-x:auto;background:var(--card);border:1px solid var(--line);border-radius:8px;
  margin:.6rem 0}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
th,td{padding:.45rem .8rem;text-align:right;white-space:nowrap;vertical-align:top}
thead th{color:var(--soft);font-weight:500;font-size:.86rem;vertical-align:bottom}
tbody tr{border-top:1px solid var(--line)}
tbody th{font-weight:500}
th:first-child{text-align:left;position:sticky;left:0;background:var(--card);max-width:60vw;
  overflow:hidden;text-overflow:ellipsis}
td b{color:var(--good)}
td small{display:block;color:var(--soft);font-size:.78rem;line-height:1.2}
.swatch{display:inline-block;width:.7rem;height:.7rem;border-radius:3px;margin-right:.5rem}
.status{border:1px solid currentColor;border-radius:99px;padding:.05rem .6rem;font-size:.82rem;
  color:var(--soft)}
.status.completed{color:var(--good)}
.status.failed,.status.killed{color:var(--bad)}
.legend{display:flex;flex-wrap:wrap;gap:.2rem 1.1rem}
.legend i{display:inline-block;width:.75rem;height:.75rem;border-radius:3px;margin-right:.4rem}
.figures{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(27rem,100%),1fr));gap:1rem}
figure{margin:0;background:var(--card);border:1px solid var(--line);border-radius:8px;
  padding:.7rem .7rem .4rem;min-width:0}
figcaption{font-weight:500;padding:0 .2rem .2rem;overflow-wrap:anywhere}
.plot{display:block;width:100%;height:auto}
.csv{float:right;font-size:.8rem;color:var(--soft)}
.bars{display:grid;grid-template-columns:fit-content(14rem) 1fr max-content;gap:.5rem .9rem;
  align-items:center;margin:.6rem 0 1rem}
.row{display:contents}
.row .name{overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
.row .value{text-align:right;font-variant-numeric:tabular-nums}
.bar{display:flex;height:1.35rem;background:var(--grid);border-radius:4px;overflow:hidden}
.bar i{display:block;height:100%}
details{margin:.5rem 0}
summary{cursor:pointer;padding:.3rem 0;overflow-wrap:anywhere}
pre{overflow-x:auto;background:var(--card);border:1px solid var(--line);border-radius:8px;
  padding:.8rem;font-size:.85rem;line-height:1.45}
code{font-size:.92em}
footer{color:var(--soft);font-size:.86rem;margin-top:3rem;border-top:1px solid var(--line);
  padding-top:.8rem}
@media (max-width:560px){
  body{padding:1rem .8rem 3rem}
  .bars{display:block}
  .row{display:grid;grid-template-columns:1fr auto;gap:.15rem .8rem;margin:.7rem 0}
  .row .bar{grid-row:2;grid-column:1/3}
  .figures{gap:.7rem}
}
@media print{details{display:none}figure{break-inside:avoid}}
)css";

}  // namespace

std::string series_colour(size_t series, bool dark) {
  if (series < colours.size()) return dark ? colours[series].dark : colours[series].light;
  const double hue = std::fmod(static_cast<double>(series) * 137.508, 360);
  return fmt::format("hsl({:.0f} 60% {}%)", hue, dark ? 68 : 40);
}

std::string style_sheet(size_t series) {
  series = std::max(series, least_series);
  return fmt::format(
      ":root{{color-scheme:light dark;{}{}}}\n@media "
      "(prefers-color-scheme:dark){{:root{{{}{}}}}}{}",
      light_variables, series_variables(series, false), dark_variables,
      series_variables(series, true), rules);
}

}  // namespace laconic::report
