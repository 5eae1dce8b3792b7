// Charts: axes, ticks, curves with holes, texts that stay inside the picture.
#include "apps/laconic/report/chart.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <regex>

#include "apps/laconic/report/figure.hpp"

namespace laconic::report::test {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

Axis axis(double low, double high, Scale scale = Scale::by_range) {
  Range range;
  range.add(low);
  range.add(high);
  return {range, scale};
}

std::vector<std::string> tick_texts(const Axis& axis, int most) {
  std::vector<std::string> texts;
  for (const Tick& tick : axis.ticks(most)) texts.push_back(tick.text);
  return texts;
}

Chart chart_of(const std::vector<double>& values) {
  Line line{.name = "a"};
  for (size_t i = 0; i < values.size(); ++i)
    line.points.push_back({static_cast<double>(i), values[i], values[i], values[i]});
  return {.x_title = "step", .y_title = "loss", .lines = {line}};
}

TEST(Axis, HasTicksAtRoundValues) {
  EXPECT_THAT(tick_texts(axis(0, 10), 6), ElementsAre("0", "2", "4", "6", "8", "10"));
  EXPECT_THAT(tick_texts(axis(0.31, 0.84), 6), ElementsAre("0.4", "0.5", "0.6", "0.7", "0.8"));
  EXPECT_THAT(tick_texts(axis(-1, 1), 4), ElementsAre("-1", "-0.5", "0", "0.5", "1"));
  EXPECT_THAT(tick_texts(axis(1, 1000), 6), ElementsAre("1", "10", "100", "1000"));
  EXPECT_THAT(tick_texts(axis(0.8, 60), 6), ElementsAre("1", "2", "5", "10", "20", "50"));
  EXPECT_THAT(tick_texts(axis(1e-8, 1e8), 6),
              ElementsAre("1e-08", "1e-05", "0.01", "10", "10000", "1e+07"));
  EXPECT_THAT(tick_texts(axis(3, 30, Scale::logarithmic), 6), ElementsAre("5", "10", "20"));
  EXPECT_GE(tick_texts(axis(3, 4, Scale::logarithmic), 6).size(), 2u);
}

TEST(Axis, IsLogarithmicWherePositiveValuesSpanDecades) {
  EXPECT_TRUE(axis(1, 1000).is_logarithmic());
  EXPECT_FALSE(axis(1, 2).is_logarithmic());
  EXPECT_FALSE(axis(-1, 1000).is_logarithmic());
  EXPECT_FALSE(axis(1, 1000, Scale::linear).is_logarithmic());
}

TEST(Axis, PlacesExtremeValuesWithoutOverflow) {
  for (const auto& [low, high] :
       {std::pair(-1.7e308, 1.7e308), {0.0, 0.0}, {5.0, 5.0}, {1e-300, 1.0}, {1, 1 + 1e-15}}) {
    const Axis a = axis(low, high);
    EXPECT_TRUE(a.place(low) >= 0 && a.place(high) <= 1) << low << " " << high;
    for (const Tick& tick : a.ticks(6)) EXPECT_TRUE(a.place(tick.value) >= 0);
  }
}

TEST(Chart, HasTitlesTicksAndOnePathPerLine) {
  Chart chart = chart_of({1, 2, 3, 2});
  chart.lines[0].series = 300;
  chart.lines[0].name = "a < b";
  const std::string svg = draw(chart, 460, 300, page_palette()).value();
  EXPECT_THAT(svg, AllOf(HasSubstr("var(--s300)"), HasSubstr("var(--grid)"), HasSubstr("a &lt; b"),
                         HasSubstr(">step</text>"), HasSubstr(">loss</text>")));
  EXPECT_THAT(svg, AllOf(Not(HasSubstr("nan")), Not(HasSubstr("inf")), Not(HasSubstr("id="))));
}

TEST(Chart, DrawsConstantsSinglePointsAndHoles) {
  const double nan = std::nan("");
  for (const std::vector<double>& values :
       {std::vector<double>{5, 5, 5}, {0}, {1, nan, 2}, {-1e300, 1e300}, {1e-300, 1}}) {
    const std::string svg = draw(chart_of(values), 460, 300, page_palette()).value();
    EXPECT_THAT(svg, AllOf(HasSubstr("var(--s0)"), Not(HasSubstr("nan")), Not(HasSubstr("inf"))));
  }
  // Points alone between holes are dots, since a line of one point is invisible.
  EXPECT_THAT(draw(chart_of({1, nan, 2}), 460, 300, page_palette()).value(), HasSubstr("<circle"));
  EXPECT_THAT(draw(chart_of({1, 2}), 460, 300, page_palette()).value(), Not(HasSubstr("<circle")));
  EXPECT_FALSE(draw(chart_of({nan, nan}), 460, 300, page_palette()).has_value());
  EXPECT_FALSE(draw({}, 460, 300, page_palette()).has_value());
}

TEST(Chart, DrawsABandFromLeastToMost) {
  Chart chart = chart_of({1, 2});
  chart.lines[0].band = true;
  chart.lines[0].points[1].low = -5;
  EXPECT_THAT(draw(chart, 460, 300, page_palette()).value(),
              AllOf(HasSubstr("fill-opacity"), HasSubstr(">-4</text>")));  // the axis holds it
}

// Every text lies in the picture, as wide as text_width() estimates it.
TEST(Chart, ClipsNoText) {
  const std::regex text(R"x(<text x="([-0-9.]+)" y="([-0-9.]+)" text-anchor="(\w+)">([^<]*)<)x");
  for (const auto& values : {std::array{0.1, 0.2}, {-123456.0, 987654.0}, {1e-12, 1e12}}) {
    Chart chart = chart_of({values[0], values[1]});
    chart.lines[0].points[1].x = 123456;
    const std::string svg = draw(chart, 460, 300, page_palette()).value();
    size_t texts = 0;
    for (std::sregex_iterator m(svg.begin(), svg.end(), text), end; m != end; ++m, ++texts) {
      const double x = std::stod((*m)[1]), y = std::stod((*m)[2]), room = text_width((*m)[4]);
      const double left = (*m)[3] == "end" ? x - room : x - room / 2;
      EXPECT_TRUE(left >= 0 && left + room <= 460 && y >= 0 && y <= 297) << (*m)[0];
    }
    EXPECT_GE(texts, 5u);
  }
}

TEST(Figure, HasItsValuesAsCsvBehindALink) {
  Chart chart = chart_of({1, std::nan("")});
  chart.lines[0].name = "a, \"b\"";
  EXPECT_EQ(csv_of(chart),
            "line,step,mean,low,high\n\"a, \"\"b\"\"\",0,1,,\n\"a, \"\"b\"\"\",1,,,\n");
  const std::string html = figure_html("Loss <1>", chart);
  EXPECT_THAT(html, AllOf(HasSubstr("<figcaption>Loss &lt;1&gt;</figcaption>"),
                          HasSubstr("download=\"Loss__1_.csv\""),
                          HasSubstr("href=\"data:text/csv;charset=utf-8,line,step")));
}

}  // namespace
}  // namespace laconic::report::test
