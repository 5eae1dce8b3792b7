#include "apps/laconic/verbs/bench/sparse_keys.hpp"

#include <algorithm>

#include "framework/base/error.hpp"
#include "framework/config/value.hpp"

namespace laconic {

SparseKeys::SparseKeys()
    : keys_{{"--codec", "index_codec", "like comm.index_codec, for all sparse ones"},
            {"--values", "value_type", "like comm.value_type, for all sparse ones"},
            {"--mode", "mode", "like comm.mode, for oktopk"}} {
  comm::AllreduceChoice oktopk("oktopk", comm::allreduce_list());
  config::Fields fields;
  oktopk.options()->describe(fields);
  for (Key& key : keys_) {
    const auto field = std::ranges::find(fields.list(), key.name, &config::Field::name);
    LACONIC_CHECK(field != fields.list().end(), "oktopk has no key {}", key.name);
    key.text = config::load(*field).get<std::string>();
    key.allowed = field->allowed;
  }
}

void SparseKeys::add_to(const Command& command) {
  for (Key& key : keys_)
    command.option(key.option, key.text, key.help).one_of(key.allowed).show_default();
}

const std::string& SparseKeys::text(const std::string& key) const {
  return std::ranges::find(keys_, key, &Key::name)->text;
}

void SparseKeys::set(const std::string& key, const std::string& text) {
  std::ranges::find(keys_, key, &Key::name)->text = text;
}

comm::AllreduceChoice SparseKeys::choose(const std::string& allreduce) const {
  comm::AllreduceChoice choice(comm::find_allreduce(allreduce).name, comm::allreduce_list());
  config::Fields fields;
  if (choice.options() != nullptr) choice.options()->describe(fields);
  for (const Key& key : keys_)
    for (const config::Field& field : fields.list())
      if (field.name == key.name) config::store(field, key.text);
  return choice;
}

}  // namespace laconic
