// The traffic of a rank, divided by tag.
#pragma once

#include <array>
#include <cstring>

#include "comm/base/tags.hpp"
#include "comm/base/traffic.hpp"
#include "framework/base/error.hpp"

namespace laconic::comm {

class TrafficByTag {
 public:
  // Returns the traffic of a tag. Tags that have no place of their own share one.
  Traffic& operator[](Tag tag) {
    Place& place = places_[place_of(tag)];
    if (place.name == nullptr) place.name = tag.name;
    LACONIC_CHECK(
        tag.name == nullptr || place.name == tag.name || std::strcmp(place.name, tag.name) == 0,
        "tag {} is both '{}' and '{}'", tag.number, place.name, tag.name);
    return place.traffic;
  }
  const Traffic& operator[](Tag tag) const { return places_[place_of(tag)].traffic; }

  // Calls visit(tag, traffic) for every tag that has moved messages; tag 0 is the shared place.
  template <class Visit>
  void each(Visit visit) const {
    for (int number = 0; number < places; ++number)
      if (const auto& [name, traffic] = places_[number];
          traffic.messages_sent + traffic.messages_received > 0)
        visit(Tag(number, name), traffic);
  }

  // Adds or subtracts tag by tag.
  TrafficByTag& operator+=(const TrafficByTag& other) {
    other.each([&](Tag tag, const Traffic& traffic) { (*this)[tag] += traffic; });
    return *this;
  }
  friend TrafficByTag operator-(TrafficByTag a, const TrafficByTag& b) {
    b.each([&](Tag tag, const Traffic& traffic) { a[tag] = a[tag] - traffic; });
    return a;
  }

 private:
  static constexpr int places = 32;
  static int place_of(Tag tag) { return tag.number > 0 && tag.number < places ? tag.number : 0; }

  struct Place {
    const char* name = nullptr;
    Traffic traffic;
  };
  std::array<Place, places> places_;
};

}  // namespace laconic::comm
