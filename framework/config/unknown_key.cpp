#include "framework/config/unknown_key.hpp"

#include <algorithm>
#include <cctype>

#include "framework/base/suggest.hpp"

namespace laconic::config {
namespace {

// Returns the words of "numLayers", "num-layers" and "num_layers": num, layers.
std::vector<std::string> words_of(std::string_view name) {
  std::vector<std::string> words(1);
  for (size_t i = 0; i < name.size(); ++i) {
    const auto c = static_cast<unsigned char>(name[i]);
    const bool separates = c == '_' || c == '-' || c == ' ';
    const bool begins =
        i > 0 && std::isupper(c) && std::islower(static_cast<unsigned char>(name[i - 1]));
    if ((separates || begins) && !words.back().empty()) words.emplace_back();
    if (!separates) words.back() += static_cast<char>(std::tolower(c));
  }
  return words;
}

// Returns whether `words` are what other programs call the key.
bool is_alias(const Key& key, const std::vector<std::string>& words) {
  const std::string name = fmt::format("{}", fmt::join(words, "_"));
  return std::ranges::any_of(key.declared, [&](const Declaration& declaration) {
    return std::ranges::count(declaration.field->aliases, name) > 0;
  });
}

// Returns whether all words of the key's name are among `words`: layers in num_layers.
bool is_part(const Key& key, const std::vector<std::string>& words) {
  return !key.is_group() && std::ranges::all_of(words_of(key.name), [&](const std::string& word) {
    return std::ranges::count(words, word) > 0;
  });
}

bool is_in_list(const Key& key) {  // method.phases.1.lr
  for (const Key* group = &key; group->above != nullptr; group = group->above)
    if (group->above->is_list()) return true;
  return false;
}

// Returns the keys that a name may mean wherever it stands. Those in a list are no candidates, since
// each of them is there many times.
std::vector<const Key*> candidates(const Keys& keys) {
  std::vector<const Key*> all = keys.all();
  std::erase_if(all, [](const Key* key) { return is_in_list(*key); });
  return all;
}

}  // namespace

std::string unknown_key(const Keys& keys, const std::string& path) {
  if (keys.find(path))
    return "unknown key; dots are for the command line: write one key below the other";
  if (const size_t colon = path.find(':'); colon != path.npos && keys.find(path.substr(0, colon)))
    return fmt::format("unknown key; a space is missing behind the colon: {}: {}",
                       path.substr(0, colon), path.substr(colon + 1));
  const size_t dot = path.rfind('.');
  const std::string prefix = dot == path.npos ? "" : path.substr(0, dot);
  const std::string name = path.substr(dot == path.npos ? 0 : dot + 1);
  const Key* level = prefix.empty() ? &keys.root() : keys.find(prefix);
  const std::vector<std::string> beside = level ? level->names() : std::vector<std::string>();
  const std::vector<std::string> words = words_of(name);
  const std::vector<const Key*> elsewhere = candidates(keys);
  std::vector<std::string> meant, all;
  for (const auto& near : nearest_names(name, beside, 2)) meant.push_back(join(prefix, near));
  const size_t most = meant.size() + 3;
  const auto suggest = [&](const Key& key) {
    if (meant.size() < most && std::ranges::count(meant, key.path) == 0) meant.push_back(key.path);
  };
  for (const Key* key : elsewhere) {
    all.push_back(key->path);
    if ((key->above != level && edit_distance(key->name, name, 0) == 0) || is_alias(*key, words))
      suggest(*key);
  }
  if (meant.empty()) {
    for (const Key* key : elsewhere)  // those beside first
      if (key->above == level && is_part(*key, words)) suggest(*key);
    for (const Key* key : elsewhere)
      if (is_part(*key, words)) suggest(*key);
  }
  if (meant.empty() && !level) meant = nearest_names(path, all, 2);
  if (!meant.empty() || beside.empty()) return "unknown key" + did_you_mean(meant);
  return fmt::format("unknown key; allowed: {}", fmt::join(beside, ", "));
}

}  // namespace laconic::config
