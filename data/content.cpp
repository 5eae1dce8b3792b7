#include "data/content.hpp"

#include <fmt/format.h>

#include "framework/base/hash.hpp"

namespace laconic::data {
namespace {

template <class T>
uint64_t add(uint64_t h, const std::vector<T>& values) {
  return mix(h ^ hash_array(std::as_bytes(std::span(values))));
}

template <>
uint64_t add(uint64_t h, const std::vector<std::string>& texts) {
  for (const std::string& text : texts) h = mix(h ^ hash(text));
  return h;
}

std::string part(int64_t count, const char* what, uint64_t hash) {
  return fmt::format("{} {}, {:016x}", count, what, hash);
}

uint64_t hash_of(const Split& split) {
  return add(add(add(0, split.train), split.val), split.test);
}

}  // namespace

std::string to_text(const Content& content) {
  std::string text;
  for (const auto& [part, hash] : content) text += fmt::format("{} {}\n", part, hash);
  return text;
}

Content content_of(const Graph& graph) {
  const Features& f = graph.features;
  const Labels& l = graph.labels;
  const Split& s = graph.split;
  uint64_t edges = add(add(0, graph.indptr), graph.indices);
  if (!graph.weights.empty()) edges = add(edges, graph.weights);
  return {
      {"edges", part(graph.nodes(), "nodes", edges)},
      {"features",
       part(f.cols, "columns", add(add(add(add(0, f.indptr), f.indices), f.values), f.words))},
      {"labels",
       part(l.classes, "classes",
            add(add(add(add(0, l.single), l.multi_indptr), l.multi_indices), graph.class_names))},
      {"splits", part(std::ssize(s.train), "training nodes", hash_of(s))},
  };
}

Content content_of(const Images& images) {
  return {
      {"images",
       part(images.count(), "images", add(static_cast<uint64_t>(images.values()), images.pixels))},
      {"labels", part(images.classes, "classes", add(add(0, images.labels), images.class_names))},
      {"splits", part(std::ssize(images.split.train), "training images", hash_of(images.split))},
  };
}

}  // namespace laconic::data
