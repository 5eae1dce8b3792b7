#include "data/graph/formats/hdf5_labels.hpp"

#include <algorithm>

#include "framework/base/error.hpp"

namespace laconic::data {
namespace {

constexpr Hdf5Remedies of_labels = {
    .for_columns =
        "; y.argmax(1) makes classes of one-hot rows; of rows with several labels store "
        "indptr and indices of scipy.sparse.csr_matrix(y) as labels/indptr and "
        "labels/indices",
    .for_fractions = "; where no label is known: numpy.where(numpy.isnan(y), -1, y)",
    .for_text = "; of names: class_names, y = numpy.unique(y, return_inverse=True)"};
constexpr Hdf5Remedies of_splits = {.for_columns = "; of several masks choose one: mask[:, 0]",
                                    .for_fractions = "; node ids, or a mask of zeros and ones",
                                    .for_text = "; node ids, or a mask of zeros and ones"};

// Returns whether an entry per node tells if it belongs to the split. As ids, zeros and ones for
// more than two nodes would have duplicates.
bool is_mask(const Hdf5Column& column, int64_t nodes) {
  return std::ssize(column.values) == nodes && (column.are_flags || nodes > 2) &&
         std::ranges::all_of(column.values, [](int32_t v) { return v == 0 || v == 1; });
}

}  // namespace

int64_t required_attribute(const Hdf5Reader& file, const std::string& name) {
  const auto value = file.attribute(name);
  if (!value) fail(ExitCode::data, "{}: attribute {}: missing", file.path(), name);
  if (*value < 0 || *value > INT32_MAX)
    fail(ExitCode::data, "{}: attribute {}: is {}; allowed: 0 to 2147483647", file.path(), name,
         *value);
  return *value;
}

Labels read_labels(const Hdf5Reader& file, int64_t nodes) {
  Labels labels;
  if (!file.exists("labels")) {
    labels.single.assign(nodes, -1);
    return labels;
  }
  labels.classes = static_cast<int32_t>(required_attribute(file, "num_classes"));
  if (file.exists("labels/indptr")) {
    if (file.exists("labels/class"))
      fail(ExitCode::data, "{}: labels: has both class and indptr; expected one of them",
           file.path());
    labels.multi_indptr = file.integers64("labels/indptr");
    labels.multi_indices = file.integers32("labels/indices");
  } else {
    labels.single = file.column("labels/class", of_labels).values;
  }
  return labels;
}

Split read_split(const Hdf5Reader& file, const std::string& name, int64_t nodes) {
  const auto ids = [&](const char* part) {
    const std::string path = "splits/" + name + "/" + part;
    Hdf5Column column = file.column(path, of_splits);
    std::vector<int32_t>& read = column.values;
    if (is_mask(column, nodes)) {
      std::vector<int32_t> members;
      for (int32_t node = 0; node < nodes; ++node)
        if (read[node] != 0) members.push_back(node);
      return members;
    }
    if (column.are_flags)
      fail(ExitCode::data, "{}: {}: is a mask of {} entries, but there are {} nodes", file.path(),
           path, read.size(), nodes);
    std::ranges::sort(read);
    return read;
  };
  return {.train = ids("train"), .val = ids("val"), .test = ids("test")};
}

}  // namespace laconic::data
