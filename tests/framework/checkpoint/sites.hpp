// A state of logical sites: each has a vector and a list of messages, and lives on one rank.
#pragma once

#include <map>
#include <vector>

#include "framework/checkpoint/writer.hpp"

namespace laconic {

struct Sites {
  struct Site {
    std::vector<float> correction = std::vector<float>(5);
    std::vector<int64_t> messages;
    bool operator==(const Site&) const = default;
  };
  std::map<int64_t, Site> sites;
  std::vector<float> parameters = std::vector<float>(16);

  // Of `count` sites those that this shard hosts, as they were at the start.
  Sites(int64_t count, Shard shard) {
    for (int64_t site = shard.index; site < count; site += shard.count) sites[site];
  }
  // Site s has s messages, and values that no other site has.
  void work() {
    parameters.assign(16, 9.0f);
    for (auto& [key, site] : sites) {
      site.correction.assign(5, static_cast<float>(1 + key));
      site.messages.assign(static_cast<size_t>(key), 100 + key);
    }
  }
  StateList list() {
    StateList state;
    state.add("parameters", parameters);
    for (auto& [key, site] : sites) {
      state.add_keyed("site", key, "correction", site.correction);
      state.add_varying(keyed_name("site", key, "messages"), site.messages, Placement::keyed);
    }
    return state;
  }
  bool operator==(const Sites&) const = default;
};

inline Sites worked(int64_t count, Shard shard) {
  Sites sites(count, shard);
  sites.work();
  return sites;
}

}  // namespace laconic
