// Divides samples among the clients of a federated problem. A function of options, labels and seed.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "framework/config/field.hpp"

namespace laconic::data {

enum class ClientSplit { iid, by_class, dirichlet, shuffle_pct, file };

struct ClientOptions : config::Options {
  int64_t count = 10;
  ClientSplit split = ClientSplit::iid;
  double alpha = 0.3, shuffle = 0.5;
  std::string file;
  void describe(config::Fields& f) override;
  void check(const config::Checks& checks) const override;
};

// Returns each client's samples, ascending. labels[s] is the class of sample s, from 0; -1: it
// belongs to no client. Error(config) if a client would be empty, Error(data) for a bad file.
std::vector<std::vector<int32_t>> split_among_clients(const ClientOptions& options,
                                                      const std::vector<int32_t>& labels,
                                                      uint64_t seed);

}  // namespace laconic::data
