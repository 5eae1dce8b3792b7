// Finds out why a call of the HDF5 library failed. The library's own stack of errors contains the
// cause. If it does not, the file is damaged.
#include <fmt/format.h>

#include <cstdlib>

#include "data/graph/formats/hdf5_file.hpp"

namespace laconic::data {
namespace {

std::string library_version() {
  unsigned major = 0, minor = 0, release = 0;
  H5get_libversion(&major, &minor, &release);
  return fmt::format("{}.{}.{}", major, minor, release);
}

// Returns the descriptions of all errors of the call, one per line.
std::string descriptions() {
  std::string text;
  const auto add = [](unsigned, const H5E_error2_t* error, void* to) -> herr_t {
    if (error->desc != nullptr) *static_cast<std::string*>(to) += std::string(error->desc) + "\n";
    return 0;
  };
  H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, add, &text);
  return text;
}

std::string lock_reason() {
  const char* variable = std::getenv("HDF5_USE_FILE_LOCKING");
  if (variable == nullptr)
    return "cannot be locked: another program has it open, or the file system has no locks; set "
           "HDF5_USE_FILE_LOCKING=FALSE for the latter";
  return fmt::format(
      "cannot be locked, as HDF5_USE_FILE_LOCKING={} demands: another program has it open, or the "
      "file system has no locks; unset the variable, or set it to FALSE",
      variable);
}

}  // namespace

std::string hdf5_reason(const std::string& otherwise) {
  const std::string text = descriptions();
  const auto names = [&](const char* part) { return text.find(part) != text.npos; };
  if (names("already open for write") || names("already open for SWMR"))
    return "its writer has it open, or did not close it; wait, or mark it as closed with: h5clear "
           "-s FILE";
  if (names("unable to lock file")) return lock_reason();
  if (names("version number") || names("unknown version") || names("bad version") ||
      names("bad superblock version"))
    return fmt::format(
        "damaged, or written in a newer format than this HDF5 library ({}) reads; write it with "
        "libver='v110' (h5py) or copy it with: h5repack --high=2",
        library_version());
  return otherwise;
}

std::string hdf5_missing_filter(hid_t creation_properties) {
  const int filters = H5Pget_nfilters(creation_properties);
  for (int i = 0; i < filters; ++i) {
    unsigned flags = 0, settings = 0;
    size_t values = 0;
    char name[64] = "";
    const H5Z_filter_t filter =
        H5Pget_filter2(creation_properties, static_cast<unsigned>(i), &flags, &values, nullptr,
                       sizeof name, name, &settings);
    if (filter < 0 || H5Zfilter_avail(filter) > 0) continue;
    name[sizeof name - 1] = '\0';
    return fmt::format(
        "is packed with filter {} ({}), which this HDF5 library ({}) does not have; write it with "
        "gzip",
        name[0] == '\0' ? "without a name" : name, static_cast<int>(filter), library_version());
  }
  return "";
}

}  // namespace laconic::data
