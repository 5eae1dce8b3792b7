// State that is declared before it has memory: what is counted, what is made, and when.
#include "framework/device/state.hpp"

#include <gmock/gmock.h>

#include <numeric>

namespace laconic {
namespace {

TEST(Buffer, HasALengthBeforeItHasMemory) {
  device::Buffer<float> buffer(1000);
  EXPECT_EQ(buffer.size(), 1000);
  EXPECT_EQ(buffer.bytes(), 4000);
  EXPECT_FALSE(buffer.is_allocated());
  EXPECT_THROW(buffer.span(), Error);
  device::Buffer<double> none;
  EXPECT_TRUE(none.is_allocated());
  EXPECT_TRUE(none.span().empty());
}

TEST(Buffer, MakesZerosOnceOnTheBoundaryOfACacheLine) {
  for (const int64_t count : {1, 7, 1000, 3'000'000}) {
    device::Buffer<double> buffer(count);
    buffer.allocate();
    ASSERT_EQ(std::ssize(buffer.span()), count);
    EXPECT_THAT(buffer.span(), testing::Each(0.0));
    EXPECT_EQ(reinterpret_cast<uintptr_t>(buffer.span().data()) % 64, 0u);
    std::iota(buffer.span().begin(), buffer.span().end(), 1.0);
    buffer.allocate();
    EXPECT_EQ(buffer.span().back(), static_cast<double>(count));
  }
}

TEST(Buffer, IsASpanOfItsElementsAndStaysInPlaceWhenMoved) {
  device::Buffer<int64_t> buffer(3);
  buffer.allocate();
  const std::span<int64_t> elements = buffer;
  elements[2] = 5;
  const device::Buffer<int64_t> moved = std::move(buffer);
  const std::span<const int64_t> read = moved;
  EXPECT_EQ(read.data(), elements.data());
  EXPECT_EQ(read[2], 5);
}

TEST(StateList, CountsWhatIsDeclaredWithOrWithoutMemory) {
  device::Buffer<float> later(int64_t{1} << 40);  // more than there is memory
  std::vector<double> now(3);
  std::vector<int32_t> messages(5);
  int64_t step = 0;
  StateList list;
  list.add("later", later);
  list.add("now", now);
  list.add_varying("messages", messages);
  list.add_value("step", step);
  EXPECT_EQ(list.bytes(), (int64_t{1} << 42) + 24 + 20 + 8);
  EXPECT_FALSE(later.is_allocated());
  EXPECT_TRUE(list.entries()[0].memory().empty());
  EXPECT_THROW(list.entries()[0].contents(), Error);
  EXPECT_EQ(list.entries()[1].contents().size(), 24u);
}

TEST(StateList, MakesMemoryWhereThereIsNone) {
  device::Buffer<float> later(4);
  std::vector<int32_t> messages(5);
  StateList list;
  list.add("later", later);
  list.add_varying("messages", messages);
  EXPECT_EQ(list.entries()[0].make(4).size(), 16u);
  EXPECT_TRUE(later.is_allocated());
  EXPECT_EQ(list.entries()[1].make(2).size(), 8u);
  EXPECT_EQ(messages.size(), 2u);
  // Listed with five elements: who writes it now would write something else than was declared.
  EXPECT_THROW(list.entries()[1].contents(), Error);
}

TEST(StateList, NamesKeyedStateByKindKeyAndName) {
  std::vector<float> correction(2);
  device::Buffer<float> chain(3);
  int64_t counter = 0;
  StateList list;
  list.add_keyed("client", 17, "correction", correction);
  list.add_keyed("chain", 0, "position", chain);
  list.add_value(keyed_name("client", 17, "rounds"), counter, Placement::keyed);
  std::vector<std::string> names;
  for (const StateEntry& entry : list.entries()) {
    names.push_back(entry.name);
    EXPECT_EQ(entry.placement, Placement::keyed);
  }
  EXPECT_THAT(names,
              testing::ElementsAre("client/17/correction", "chain/0/position", "client/17/rounds"));
}

TEST(StateList, RefusesASumOfWhatVariesInLength) {
  std::vector<float> messages;
  StateList list;
  EXPECT_THROW(list.add_varying("messages", messages, Placement::rank_sum), Error);
}

}  // namespace
}  // namespace laconic
