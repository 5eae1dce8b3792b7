// The base of every struct that describes keys of the configuration.
//
// A struct must derive from it if it has a check() or belongs to an entry of a list (variant.hpp).
// Other structs need only a describe().
#pragma once

#include <memory>

namespace laconic::config {

class Checks;
class Fields;

class Options {
 public:
  virtual ~Options() = default;

  // Declares every key once. The fields point into this object.
  virtual void describe(Fields& fields) = 0;

  // Reports mistakes that involve several keys of this struct. It is called after all values are
  // stored, and only if the configuration uses the struct.
  virtual void check(const Checks&) const {}

 protected:
  Options() = default;
  Options(const Options&) = default;
  Options& operator=(const Options&) = default;
};

using MakeOptions = std::unique_ptr<Options> (*)();

// Creates options. An entry's `make_options` is, for example, make<GcnOptions>.
template <class T>
std::unique_ptr<Options> make() {
  return std::make_unique<T>();
}

}  // namespace laconic::config
