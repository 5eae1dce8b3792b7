// A choice of one entry of a list, where each entry owns its options.
//
//   struct Entry {
//     const char* name;
//     const char* help;
//     config::MakeOptions make_options;  // null: the entry has no keys
//     std::vector<std::string> also_called;  // optional: its names in other programs, lower case
//     ...                                // what else the list holds
//   };
//   config::Variant<Entry> method{"data_parallel", methods()};
//   void describe(Fields& f) { f.variant("kind", method, "how the problem is trained"); }
//   ...
//   method.entry().run(method.as<IstOptions>());
//
// The keys of every entry can be described and validated, but only those of the selected entry are
// used.
//
// Ownership: owns the options of all entries. A copy owns new options; the values that describe()
// declares are copied.
// Lifetime: the list must live as long as the variant.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "framework/base/error.hpp"
#include "framework/config/options.hpp"

namespace laconic::config {

class VariantBase {
 public:
  struct Alternative {
    std::string name, help;
    MakeOptions make_options;
    std::vector<std::string> aliases;  // its names in other programs
    std::unique_ptr<Options> options;  // null: no keys
  };

  const std::string& name() const { return alternatives_[selected_].name; }
  // Selects an entry. Error(config) with the allowed names if the list has no such entry.
  void select(std::string_view name);
  const std::vector<Alternative>& alternatives() const { return alternatives_; }

  // Returns the options of the selected entry; null if it has no keys.
  const Options* options() const { return alternatives_[selected_].options.get(); }
  Options* options() { return alternatives_[selected_].options.get(); }

  // Returns the options of the selected entry, which must be of type T.
  template <class T>
  const T& as() const {
    return const_cast<VariantBase*>(this)->as<T>();
  }
  template <class T>
  T& as() {
    auto* typed = dynamic_cast<T*>(options());
    LACONIC_CHECK(typed != nullptr, "the options of '{}' are of another type", name());
    return *typed;
  }

 protected:
  VariantBase() = default;
  VariantBase(const VariantBase& other);
  VariantBase& operator=(const VariantBase& other);
  VariantBase(VariantBase&&) = default;
  VariantBase& operator=(VariantBase&&) = default;
  ~VariantBase() = default;

  void add(std::string name, std::string help, MakeOptions make_options,
           std::vector<std::string> aliases);
  size_t selected() const { return selected_; }

 private:
  std::vector<Alternative> alternatives_;
  size_t selected_ = 0;
};

template <class Entry>
class Variant : public VariantBase {
 public:
  Variant(std::string_view default_name, std::span<const Entry> list) : list_(list) {
    for (const Entry& entry : list) {
      std::vector<std::string> aliases;
      if constexpr (requires { entry.also_called; }) aliases = entry.also_called;
      add(entry.name, entry.help, entry.make_options, std::move(aliases));
    }
    select(default_name);
  }

  const Entry& entry() const { return list_[selected()]; }

 private:
  std::span<const Entry> list_;
};

}  // namespace laconic::config
