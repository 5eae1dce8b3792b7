// Fills an option struct from four sources: defaults, the file, a row of a sweep, the command line.
// A later source overrides an earlier one; the same code reads all of them. One ConfigError reports
// all mistakes of all sources. The struct changes only if there is no mistake. The environment is
// not read.
//
// Rules:
//  - An empty file is allowed: all values are defaults, and there is one notice. A group without
//    keys is allowed, too.
//  - A relative path in a file or a sweep's row starts at the folder of that file. On the command
//    line and in defaults it starts at the current folder. Paths are stored absolute, so a resolved
//    configuration may be moved. An empty path stays empty: it is not set.
//  - If one key has two overrides, the later one wins, with a notice.
//  - A key whose only_when() does not hold is still validated; setting it gives one notice.
//  - Entries of variants are selected before any other key is read, from all sources. A key is
//    validated as the selected entry declares it. A key that only other entries declare is
//    validated as the first of them declares it; setting it gives one notice.
//  - A scalar in place of a group that has a variant selects the entry: "method: ist".
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

// The source of a value.
struct Origin {
  enum Kind { default_value, file, override_, sweep };
  Kind kind = default_value;
  std::string
      where;        // "default", "quick.yaml:12:3", "command line: optimizer.lr=0.1", "sweep: ..."
  Problem address;  // the same as the start of a problem; message empty
};

// key.path -> value, as YAML text; one run of a sweep.
using SweepRow = std::map<std::string, std::string>;

// The values of all keys with their origins.
//
// Ownership: owns copies, so it may outlive the option struct.
class Resolved {
 public:
  struct Entry {
    std::string path;
    nlohmann::json value;
    nlohmann::json preset;  // the default
    Origin origin;
    bool used = true;      // false: a condition of the key or of a group around it does not hold
    bool numeric = true;   // false: changes no numbers of a run
    bool is_path = false;  // the path of a file or folder
    bool selects = false;  // a scalar in place of the group sets this key
  };

  Resolved(std::vector<Entry> entries, std::vector<std::string> notices);

  const std::vector<Entry>& entries() const { return entries_; }  // in the order of the schema
  const std::vector<std::string>& notices() const { return notices_; }
  void add_notices(const std::vector<std::string>& more) {
    notices_.insert(notices_.end(), more.begin(), more.end());
  }
  bool has(std::string_view path) const;
  // Return the origin and the value of a key, which must exist.
  const Origin& origin(std::string_view path) const;
  const nlohmann::json& value(std::string_view path) const;

  // Returns a mistake that involves several values, at the address of the key `path`. The caller
  // collects mistakes and throws one ConfigError.
  Problem problem(std::string_view path, std::string message) const;

  // Returns every used key, and every key that was set, with its origin as a comment. Reading this
  // text into the same options gives the same values, bit for bit.
  std::string to_yaml() const;
  nlohmann::json to_json() const;  // nested, without origins
  // Returns the same without the keys that change no numbers. These values must be equal in a
  // resumed run and its checkpoint.
  nlohmann::json numeric_json() const;
  // Returns the SHA-256 (hex) of the used keys that may change numbers, and of their values, in
  // alphabetic order. It does not depend on the origins and stays the same after a resume.
  std::string hash() const;

 private:
  const Entry& entry(std::string_view path) const;
  std::vector<Entry> entries_;
  std::vector<std::string> notices_;
};

Resolved resolve(Fields& fields, const std::string& yaml_text, const std::string& file_name,
                 std::span<const std::string> overrides, const SweepRow& row = {});

// Returns the notice about a key that has no effect. `why` is a condition: "only with kind: sgd".
std::string unused_text(const std::string& where, std::string_view path, std::string_view why);

// Returns the differences that prevent a resume, for the configuration `now` and a checkpoint whose
// numeric_json() was `then`: "optimizer.lr: 0.01 in the checkpoint, 0.02 now". Compares only keys
// that are used now. A key that `then` lacks has its default value.
std::vector<std::string> differences(const Resolved& now, const nlohmann::json& then);

template <class T>
Resolved resolve(T& options, const std::string& yaml_text, const std::string& file_name,
                 std::span<const std::string> overrides = {}, const SweepRow& row = {}) {
  Fields fields;
  options.describe(fields);
  return resolve(fields, yaml_text, file_name, overrides, row);
}

}  // namespace laconic::config
