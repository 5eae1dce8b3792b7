#include "data/import/bag.hpp"

#include <algorithm>
#include <filesystem>

#include "data/import/names.hpp"
#include "data/import/npy.hpp"
#include "data/import/table.hpp"
#include "data/unpacked.hpp"
#include "framework/base/error.hpp"

namespace laconic::data {
namespace {

namespace fs = std::filesystem;

constexpr size_t most_files = 4096;

// Kinds of files that are recognised by how they begin, and what to do with them.
struct Foreign {
  std::string_view start, what;
};
constexpr std::string_view pickled_bag =
    "pickled Python objects, which are not read (they may run code); store arrays with "
    "numpy.savez";
constexpr Foreign foreign[] = {
    {"\x89HDF",
     "an HDF5 file of another layout; docs/formats.md shows how to write a graph with h5py"},
    {"MATLAB 5",
     "a MATLAB file; in Python: numpy.savez('graph.npz', **scipy.io.loadmat(FILE)), "
     "with dense arrays or the parts of scipy.sparse.csr_matrix"},
    {"\x80\x02", pickled_bag},
    {"\x80\x03", pickled_bag},
    {"\x80\x04", pickled_bag},
    {"\x80\x05", pickled_bag},
    {"<?xml",
     "XML; in Python: networkx.write_edgelist(networkx.read_graphml(FILE), 'edges.txt', "
     "data=False)"},
    {"<graphml",
     "XML; in Python: networkx.write_edgelist(networkx.read_graphml(FILE), "
     "'edges.txt', data=False)"},
    {"graph [",
     "GML; in Python: networkx.write_edgelist(networkx.read_gml(FILE), 'edges.txt', "
     "data=False)"},
    {"{", "JSON; in Python: numpy.array(json.load(open(FILE))[...]), stored by numpy.savez"},
    {"PAR1", "a Parquet file; in Python: pandas.read_parquet(FILE).to_csv('x.csv', index=False)"},
};

// Takes the endings of a table or an array from a name, and adds its ending to `ending`.
std::string stem(std::string name, std::string& ending) {
  if (name.ends_with(".gz")) name.resize(name.size() - 3);
  for (const char* known : {".csv", ".tsv", ".txt", ".npy", ".npz", ".edges", ".edgelist", ".el",
                            ".cites", ".content", ".mtx", ".dat"})
    if (name.ends_with(known)) {
      ending = known;
      name.resize(name.size() - ending.size());
      return name;
    }
  return name;
}

bool is_edge_ending(const std::string& ending) {
  return ending == ".edges" || ending == ".edgelist" || ending == ".el" || ending == ".cites" ||
         ending == ".mtx";
}

}  // namespace

std::string plain_name(std::string name) {
  for (char& c : name) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    if (c == '-' || c == '.' || c == ' ') c = '_';
  }
  return name;
}

Bag::Bag(const std::string& path) : path_(path) {
  if (fs::is_directory(path))
    open_folder();
  else
    open_file(path, "");
}

void Bag::add(const std::string& name, Array array) {
  const std::string key = plain_name(name);
  if (arrays_.contains(key))
    fail(ExitCode::data, "{}: two arrays named {}; keep one of them", path_, key);
  arrays_.emplace(key, std::move(array));
}

// `name`: the name of the only array in the file; empty: the file is all there is.
void Bag::open_file(const std::string& path, const std::string& name) {
  std::string content = read_unpacked(path), ending;
  const std::string own = stem(fs::path(path).filename().string(), ending);
  for (const Foreign& kind : foreign)
    if (content.starts_with(kind.start)) fail(ExitCode::data, "{}: is {}", path, kind.what);
  if (content.starts_with("PK\3\4") || content.starts_with("PK\5\6")) {
    std::vector<LeftOut> odd;
    auto arrays = read_npz(content, path, odd);
    for (const LeftOut& each : odd) left_out_.push_back(each.name + ": " + each.reason);
    const auto is_there = [&](const char* key) {
      return std::ranges::any_of(arrays, [&](const auto& a) { return a.first == key; });
    };
    const bool is_scipy = is_there("indices") && is_there("indptr") && is_there("shape");
    for (auto& [key, array] : arrays)
      if (is_scipy)
        add((name.empty() ? "adj" : name) + "_" + key, std::move(array));
      else if (arrays.size() == 1 && !name.empty() && key == "arr_0")
        add(name, std::move(array));
      else
        add(key, std::move(array));
    return;
  }
  if (is_npy(content)) {
    add(name.empty() ? own : name, read_npy(std::move(content), path));
    return;
  }
  Array table = read_table(content, path);
  if (name.empty()) {
    const bool are_edges = is_edge_ending(ending) || table.cols() == 2 || table.cols() == 3;
    add(are_edges ? "edges" : ending == ".content" ? "content" : own, std::move(table));
    return;
  }
  add(name, std::move(table));
}

// OGB's folders have `raw` for arrays and `split/<scheme>` for parts; others have files side by side.
void Bag::open_folder() {
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(path_)) {
    if (entry.is_regular_file()) files.push_back(entry.path());
    if (files.size() > most_files)
      fail(ExitCode::data, "{}: more than {} files; name a folder of one graph", path_, most_files);
  }
  std::ranges::sort(files);
  for (const fs::path& file : files) {
    std::string ending;
    std::string name = stem(file.lexically_relative(path_).generic_string(), ending);
    if (name.starts_with("raw/")) name.erase(0, 4);
    const bool is_split = name.starts_with("split/");
    const bool is_wanted = is_edge_ending(ending) || ending == ".content" || ending == ".npz" ||
                           is_known_name(plain_name(name));
    if (ending.empty() || !is_wanted || (name.find('/') != name.npos && !is_split)) {
      left_out_.push_back(file.lexically_relative(path_).generic_string() + ": not looked at");
      continue;
    }
    if (is_edge_ending(ending)) name = "edges";
    if (ending == ".content") name = "content";
    open_file(file.string(), name);
  }
  if (arrays_.empty())
    fail(ExitCode::data,
         "{}: no arrays; expected edges.csv (or .npy, .npz, .gz), features.csv, labels.csv, or "
         "folders of PNG or JPEG images, one per class",
         path_);
}

std::optional<Array> Bag::take(std::span<const char* const> names) {
  for (const char* name : names)
    if (auto array = take(name)) return array;
  return {};
}

std::optional<Array> Bag::take(const std::string& name) {
  if (auto node = arrays_.extract(name)) return std::move(node.mapped());
  return {};
}

std::vector<std::string> Bag::names() const {
  std::vector<std::string> all;
  for (const auto& [name, array] : arrays_) all.push_back(name + " " + shape_text(array));
  return all;
}

}  // namespace laconic::data
