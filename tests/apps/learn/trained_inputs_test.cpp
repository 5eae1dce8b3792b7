#include "apps/laconic/learn/trained_inputs.hpp"

#include <gmock/gmock.h>

#include "tests/apps/small_run.hpp"

namespace laconic::test {
namespace {

using ::testing::HasSubstr;

// The attributes of a checkpoint of a network that was trained on 12 x 12 grey images.
nlohmann::json trained(models::CnnOptions::Head head) {
  const data::Images images = drawn_images(40);
  models::ModelOptions model = small_cnn();
  model.kind.as<models::CnnOptions>().head = head;
  return {{"graph", models::build(model, inputs_of(images), models::Purpose::train).to_json()},
          {"inputs", trained_inputs(images, data::PixelMap())}};
}

data::Images images_of(int64_t size) {
  data::ShapesSource source;
  source.shapes = {.images = 10, .size = size};
  return source.load(2);
}

std::string refusal(const nlohmann::json& attributes, data::Images images) {
  try {
    TrainedInputs(attributes).fit(images);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(TrainedInputs, AreImagesOfAnySizeWhereTheNetworkTakesTheirMean) {
  using Head = models::CnnOptions::Head;
  EXPECT_EQ(refusal(trained(Head::mean), images_of(20)), "");
  EXPECT_EQ(refusal(trained(Head::flatten), images_of(12)), "");
  EXPECT_THAT(refusal(trained(Head::flatten), images_of(20)),
              HasSubstr("images of 20 x 20 x 1, but the network was trained with 12 x 12 x 1"));
}

TEST(TrainedInputs, HaveTheChannelsOfTheNetwork) {
  data::Images coloured = images_of(20);
  coloured.pixels = data::three_channels(coloured.pixels);
  coloured.channels = 3;
  EXPECT_THAT(refusal(trained(models::CnnOptions::Head::mean), coloured),
              HasSubstr("images of 20 x 20 x 3"));
}

TEST(TrainedInputs, NeedANetwork) {
  EXPECT_THAT(refusal({{"graph", {{"nodes", 1}}}}, images_of(12)),
              HasSubstr("does not describe its network"));
}

}  // namespace
}  // namespace laconic::test
