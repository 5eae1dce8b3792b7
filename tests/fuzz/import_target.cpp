// Data that other programs wrote: .npz with arrays damaged before or after packing, tables of text,
// plain and gzip, and pictures.
#include <fmt/format.h>

#include "data/images/formats/picture.hpp"
#include "data/unpacked.hpp"
#include "tests/data/images/small_pictures.hpp"
#include "tests/data/import/foreign_files.hpp"
#include "tests/fuzz/gzipped.hpp"
#include "tests/fuzz/mutation.hpp"
#include "tests/fuzz/target.hpp"

namespace laconic::fuzz {
namespace {

using namespace data::test;

std::vector<data::ZipMember> arrays(Draw& draw) {
  const std::vector<uint8_t> mask = {1, 1, 0, 0, 0};
  std::vector<data::ZipMember> all = {
      tiny_edges(),
      tiny_features(),
      tiny_labels(),
      {"train_mask", npy("|b1", {5}, mask)},
      {"val_idx", npy_of({1}, std::vector<int64_t>{2})},
      {"node_names", data::npy_header("<U2", {5}) + std::string(40, 'a')}};
  if (draw.coin()) all[0] = {"adj_indices", npy_of({4}, std::vector<int64_t>{1, 2, 2, 3})};
  if (all[0].name == "adj_indices")
    all.push_back({"adj_indptr", npy_of({6}, std::vector<int64_t>{0, 2, 3, 4, 4, 4})});
  return all;
}

Files npz_files(Draw& draw, bool hopeless) {
  std::vector<data::ZipMember> all = arrays(draw);
  const bool within = draw.coin();
  if (within && !hopeless) {
    auto& member = all[draw.below(all.size())];
    member.bytes = mutate(member.bytes, draw.of(all).bytes, draw);
  }
  std::string bytes = npz(all);
  if (hopeless)
    bytes = bytes.substr(0, 8 + draw.below(100));
  else if (!within)
    bytes = mutate(bytes, bytes, draw);
  return {{"graph.npz", bytes}};
}

Files table_files(Draw& draw) {
  Files files = {{"edges.csv", "source,target\n0,1\n0,2\n1,2\n2,3\n"},
                 {"features.csv", "id,f,g\n0,0.5,1e3\n1,\"2\",-3\n2,4,5\n3,6,7\n4,8,9\n"},
                 {"labels.csv", "0\n1\n0\n\n1\n1\n"},
                 {"train.csv", "0\n1\n"}};
  std::vector<std::string> names;
  for (const auto& [name, bytes] : files) names.push_back(name);
  const std::string name = draw.of(names);
  const bool packed = draw.coin();
  std::string bytes = mutate(files[name], files[draw.of(names)], draw);
  files.erase(name);
  files[packed ? name + ".gz" : name] = packed ? gzipped(bytes) : bytes;
  return files;
}

Files picture_file(Draw& draw) {
  const std::string picture = draw.coin() ? small_png(4, 3, 3) : small_jpeg(9, 8);
  return {{"picture.png", mutate(picture, picture, draw)}};
}

Input make_import_input(uint64_t number) {
  Draw draw(number);
  const bool hopeless = number % 97 == 0;
  const uint64_t kind = hopeless ? 0 : draw.below(3);
  return {kind == 0   ? npz_files(draw, hopeless)
          : kind == 1 ? table_files(draw)
                      : picture_file(draw),
          hopeless};
}

void load_import(const Files& files, const std::string& folder) {
  const std::string first = folder + "/" + files.begin()->first;
  if (files.contains("picture.png")) {
    data::decode(data::read_unpacked(first), first);
    return;
  }
  if (files.size() == 1) {
    data::import_graph(first);
    return;
  }
  for (const auto& entry : std::filesystem::directory_iterator(folder))  // of other inputs
    if (!files.contains(entry.path().filename().string())) std::filesystem::remove(entry.path());
  data::import_graph(folder);
}

}  // namespace

Target import_target() {
  return {"import", make_import_input, load_import, true};
}

}  // namespace laconic::fuzz
