// Finds the tensors of one checkpoint folder by their present names, and copies their bytes into
// entries of a state. A byte is used only after the hash of its whole file has matched the
// manifest.
//
// Ownership: owns the manifest and the bytes of the files that were loaded.
// Lifetime: the file system must outlive it.
#pragma once

#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "framework/base/file.hpp"
#include "framework/checkpoint/manifest.hpp"
#include "framework/device/state.hpp"

namespace laconic {

class Contents {
 public:
  // A tensor in its file. `tensor` is null if the checkpoint does not have it.
  struct Place {
    const FileRecord* file = nullptr;
    const TensorRecord* tensor = nullptr;
  };
  // The entry becomes the sum of the tensors at `sources`, which all fit it; of rank_mean their
  // mean. Without sources it becomes zeros.
  struct Transfer {
    const StateEntry* entry;
    std::vector<Place> sources;
  };

  // Reads and checks the manifest. Error(data | io).
  Contents(FileSystem& files, std::string folder);
  Contents(const Contents&) = delete;
  Contents& operator=(const Contents&) = delete;

  const std::string& folder() const { return folder_; }
  const Manifest& manifest() const { return manifest_; }

  // Reads and verifies the file that `rank` wrote, and keeps its bytes. Does nothing if this rank
  // wrote no file. Error(data | io).
  void load(int rank);

  // Finds a tensor in the file of one rank.
  Place find(int rank, const std::string& name) const;
  // Finds a tensor in the files of all ranks.
  std::vector<Place> find_all(const std::string& name) const;
  // Finds a keyed tensor, in any of the files.
  Place find_keyed(const std::string& name) const;

  // Fills the entries, and allocates their memory if they have none. Reads and verifies files that
  // were not loaded, one by one. Entries change only after all files are verified.
  // Error(data | io).
  void copy(const std::vector<Transfer>& transfers) const;

 private:
  using Staged = std::unordered_map<const TensorRecord*, std::string>;
  Staged stage(const std::vector<Transfer>& transfers) const;

  FileSystem& files_;
  const std::string folder_;
  const Manifest manifest_;
  std::map<const FileRecord*, std::string> loaded_;
  std::unordered_map<std::string_view, Place> keyed_;  // by name
};

// Returns why the tensor does not fit the entry; empty if it fits.
std::string misfit(const StateEntry& entry, const TensorRecord* tensor);

}  // namespace laconic
