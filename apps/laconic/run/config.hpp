// A configuration as a run uses it: the options of every section, and the origin of each value.
// Options are found by their type, so there is no struct of all of them.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "apps/laconic/run/options.hpp"
#include "comm/exchange/options.hpp"
#include "framework/base/error.hpp"
#include "framework/config/resolve.hpp"

namespace laconic {

struct Method;

class Config {
 public:
  Config();  // all defaults
  Config(Config&&) noexcept;
  Config& operator=(Config&&) noexcept;
  ~Config();

  const std::string& name() const;
  int64_t seed() const;
  const Method& method() const;
  const comm::ExchangeOptions& comm() const;
  comm::ExchangeOptions& comm();

  // Returns the options of type T: of a section or of the method. Allocates nothing.
  template <class T>
  T& get() {
    if (auto* own = dynamic_cast<T*>(method_options())) return *own;
    for (const auto& section : sections_)
      if (auto* options = dynamic_cast<T*>(section.get())) return *options;
    fail(ExitCode::internal, "no section has options of this type");
  }
  template <class T>
  const T& get() const {
    return const_cast<Config*>(this)->get<T>();
  }

  // Returns what load_config() has read: every key with its value and origin.
  const config::Resolved& resolved() const { return *resolved_; }

  void describe(config::Fields& fields);

 private:
  friend Config load_config(const std::string&, const std::vector<std::string>&,
                            const config::SweepRow&);
  struct Top;
  config::Options* method_options();  // null: the method has none

  std::unique_ptr<Top> top_;
  std::vector<std::unique_ptr<config::Options>> sections_;
  std::unique_ptr<config::Resolved> resolved_;
};

// Reads and checks `file`, with a row of a sweep and with overrides "key.path=value", which come
// last. ConfigError names every mistake. Mistakes between several keys are included.
Config load_config(const std::string& file, const std::vector<std::string>& overrides,
                   const config::SweepRow& row = {});

}  // namespace laconic
