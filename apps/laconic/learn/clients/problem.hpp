// Problems without a network: their clients, and the keys that describe them.
#pragma once

#include <map>
#include <span>
#include <string>

#include "apps/laconic/run/method.hpp"
#include "data/client_split.hpp"
#include "framework/config/variant.hpp"
#include "models/federation.hpp"

namespace laconic {

struct ClientProblem {
  models::Federation<double> federation;
  std::map<std::string, std::string> content = {};  // hashes of the data that were read
};

// An entry of the list of problems. The network's has no make(): see network_clients.hpp.
struct ProblemKind {
  const char* name;
  const char* help;
  config::MakeOptions make_options;
  ClientProblem (*make)(const config::Options&, const data::ClientOptions&, uint64_t seed);
};
std::span<const ProblemKind> problem_kinds();

struct ProblemOptions : config::Options {
  config::Variant<ProblemKind> kind{"network", problem_kinds()};
  void describe(config::Fields& f) override { f.variant("kind", kind, "what is minimised"); }
};

struct ClientsOptions : config::Options {
  data::ClientOptions clients;
  void describe(config::Fields& f) override {
    f.group("clients", clients, "how samples are divided among clients");
  }
};

// Returns the sections of a method that works on clients.
std::span<const Section> client_sections();

}  // namespace laconic
