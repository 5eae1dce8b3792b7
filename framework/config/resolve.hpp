// From text to a filled option struct: defaults, then the file, then a row of a sweep, then the
// command line, all through the same code. Every mistake of every source is reported in one
// ConfigError, and the struct is only touched when there is none. The environment plays no part.
//
// Decided here:
//  - An empty file is legal: all defaults, one notice. So is a group with nothing below it.
//  - A relative path is taken from the folder of the file that says it (a sweep's row counts as the
//  file),
//    from the current folder on the command line and for defaults; it is stored absolute, so that a
//    resolved configuration means the same wherever it lies. An empty path stays empty: not set.
//  - Of two overrides of one key the later wins, with a notice.
//  - A key whose only_when() does not hold is still validated; setting it gives one notice.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "framework/config/field.hpp"
#include "framework/config/problem.hpp"

namespace laconic::config {

// Who said a value.
struct Origin {
  enum Kind { default_value, file, override_, sweep };
  Kind kind = default_value;
  std::string
      where;        // "default", "quick.yaml:12:3", "command line: optimizer.lr=0.1", "sweep: ..."
  Problem address;  // the same as the start of a problem; message empty
};

// key.path -> value, as YAML text; one run of a sweep.
using SweepRow = std::map<std::string, std::string>;

// The values of all keys with their origins. Holds copies: it outlives the option struct.
class Resolved {
 public:
  struct Entry {
    std::string path;
    nlohmann::json value;
    Origin origin;
    bool used = true;  // false: its only_when(), or that of a group around it, does not hold
  };

  Resolved(std::vector<Entry> entries, std::vector<std::string> notices);

  const std::vector<Entry>& entries() const { return entries_; }  // in the order of the schema
  const std::vector<std::string>& notices() const { return notices_; }
  const Origin& origin(std::string_view path) const;  // of a key that exists

  // A mistake that shows only when values are seen together, at the address of the key `path`;
  // collect them and throw one ConfigError.
  Problem problem(std::string_view path, std::string message) const;

  // Every used key, and every key that was set, with its origin as a comment. Reading it back into
  // the same options gives the same values, to the bit.
  std::string to_yaml() const;
  nlohmann::json to_json() const;  // nested, without origins
  // SHA-256 (hex) of the used keys and their values, in alphabetic order. Independent of who said
  // them.
  std::string hash() const;

 private:
  const Entry& entry(std::string_view path) const;
  std::vector<Entry> entries_;
  std::vector<std::string> notices_;
};

Resolved resolve(Fields& fields, const std::string& yaml_text, const std::string& file_name,
                 std::span<const std::string> overrides, const SweepRow& row = {});

template <class Options>
Resolved resolve(Options& options, const std::string& yaml_text, const std::string& file_name,
                 std::span<const std::string> overrides = {}, const SweepRow& row = {}) {
  Fields fields;
  options.describe(fields);
  return resolve(fields, yaml_text, file_name, overrides, row);
}

}  // namespace laconic::config
