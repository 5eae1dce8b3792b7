// The package-dependency graph of Debian: a real graph of about sixty thousand nodes, which a
// Debian machine already has.
//   nodes     binary packages, ordered by name; the newest version of each
//   edges     Depends, Pre-Depends, Recommends, Suggests, with all alternatives; without direction;
//             names without a package (virtual ones, those of other releases) are ignored
//   features  words of the name (cut at - + . and digits) and of the summary, in lower case, hashed
//             into buckets
//   labels    Section without contrib/ or non-free/; sections of fewer than min_class_size packages
//             give no label
//   split     60/20/20 by a hash of the name: adding a package moves no other
#include "data/graph/formats/debian.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <unordered_map>

#include "data/graph/formats/debian_packages.hpp"
#include "framework/base/hash.hpp"
#include "framework/base/error.hpp"

namespace laconic::data {
namespace {

std::vector<DebianPackage> newest_by_name(const std::vector<std::string>& texts) {
  std::map<std::string, DebianPackage> newest;
  for (const std::string& text : texts) {
    for (DebianPackage& package : parse_packages(text)) {
      DebianPackage& known = newest[package.name];
      if (known.name.empty() || compare_versions(known.version, package.version) < 0)
        known = std::move(package);
    }
  }
  std::vector<DebianPackage> packages;
  for (auto& [name, package] : newest) packages.push_back(std::move(package));
  return packages;
}

void make_edges(const std::vector<DebianPackage>& packages, Graph& graph) {
  std::unordered_map<std::string_view, int32_t> id;
  for (size_t i = 0; i < packages.size(); ++i)
    id.emplace(packages[i].name, static_cast<int32_t>(i));
  std::vector<std::pair<int32_t, int32_t>> edges;
  for (size_t i = 0; i < packages.size(); ++i)
    for (const std::string& name : packages[i].relations)
      if (const auto found = id.find(name); found != id.end())
        edges.emplace_back(static_cast<int32_t>(i), found->second);
  canonicalise(static_cast<int64_t>(packages.size()), std::move(edges), graph.indptr,
               graph.indices);
}

template <class IsSeparator>
void add_words(std::string_view text, IsSeparator is_separator, int64_t buckets,
               std::vector<int32_t>& out) {
  std::string word;
  const auto finish = [&] {
    if (!word.empty())
      out.push_back(static_cast<int32_t>(hash(word) % static_cast<uint64_t>(buckets)));
    word.clear();
  };
  for (const unsigned char c : text) {
    if (is_separator(c))
      finish();
    else
      word += static_cast<char>(std::tolower(c));
  }
  finish();
}

void make_features(const std::vector<DebianPackage>& packages, int64_t buckets, Features& f) {
  f = {.rows = static_cast<int64_t>(packages.size()),
       .cols = buckets,
       .indptr = {0},
       .indices = {},
       .values = {}};
  const auto in_name = [](unsigned char c) {
    return c == '-' || c == '+' || c == '.' || std::isdigit(c);
  };
  const auto in_summary = [](unsigned char c) { return c < 128 && !std::isalnum(c); };
  std::vector<int32_t> words;
  for (const DebianPackage& package : packages) {
    words.clear();
    add_words(package.name, in_name, buckets, words);
    add_words(package.summary, in_summary, buckets, words);
    std::sort(words.begin(), words.end());
    words.erase(std::unique(words.begin(), words.end()), words.end());
    f.indices.insert(f.indices.end(), words.begin(), words.end());
    f.indptr.push_back(static_cast<int64_t>(f.indices.size()));
  }
}

std::string_view section_of(const DebianPackage& package) {
  const std::string_view section = package.section;
  const size_t slash = section.rfind('/');
  return slash == std::string_view::npos ? section : section.substr(slash + 1);
}

void make_labels(const std::vector<DebianPackage>& packages, int64_t min_class_size, Graph& graph) {
  std::map<std::string_view, int64_t> sizes;
  for (const DebianPackage& package : packages) ++sizes[section_of(package)];
  std::map<std::string_view, int32_t> number;
  for (const auto& [section, size] : sizes) {
    if (section.empty() || size < min_class_size) continue;
    number.emplace(section, static_cast<int32_t>(number.size()));
    graph.class_names.emplace_back(section);
  }
  if (number.empty())
    fail(ExitCode::data,
         "debian: no section has {} packages ({} packages in all); use a longer list, or lower "
         "data.source.debian.min_class_size",
         min_class_size, packages.size());
  graph.labels.classes = static_cast<int32_t>(number.size());
  for (const DebianPackage& package : packages) {
    const auto found = number.find(section_of(package));
    graph.labels.single.push_back(found == number.end() ? -1 : found->second);
  }
}

void make_split(const std::vector<DebianPackage>& packages, Split& split) {
  for (size_t i = 0; i < packages.size(); ++i) {
    const uint64_t percent = hash("split " + packages[i].name) % 100;
    auto& part = percent < 60 ? split.train : percent < 80 ? split.val : split.test;
    part.push_back(static_cast<int32_t>(i));
  }
}

}  // namespace

Graph DebianSource::make(int64_t) const {
  std::vector<DebianPackage> packages = newest_by_name(read_package_lists(debian.packages));
  Graph graph;
  graph.name = "debian";
  make_edges(packages, graph);
  make_features(packages, debian.features, graph.features);
  make_labels(packages, debian.min_class_size, graph);
  make_split(packages, graph.split);
  for (DebianPackage& package : packages) graph.node_names.push_back(std::move(package.name));
  spdlog::info("debian: {} packages, {} relations, {} sections, {} packages in smaller sections",
               graph.nodes(), graph.undirected_edges(), graph.labels.classes,
               std::count(graph.labels.single.begin(), graph.labels.single.end(), -1));
  return graph;
}

std::string DebianSource::where(int64_t) const {
  return debian.packages.empty() ? "apt lists" : debian.packages;
}

void DebianSource::describe(config::Fields& f) {
  f.group("debian", debian, "which packages are read, and what becomes of them");
}

void DebianOptions::describe(config::Fields& f) {
  f.path("packages", packages,
         "a Packages file (plain or gzip); empty = the lists of the machine's apt");
  f.integer("features", features,
            {.min = 1, .max = 1 << 24, .help = "buckets that words are hashed into"});
  f.integer("min_class_size", min_class_size,
            {.min = 1, .help = "packages a section needs to be a class"});
}

}  // namespace laconic::data
