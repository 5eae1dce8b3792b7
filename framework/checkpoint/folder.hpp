// The folder `checkpoints` of a run. Functions list its steps, clear what a crash has left, and
// check each step's folder against its manifest.
//
//   step-120/         a complete checkpoint: manifest.json, rank0.h5, and rankR.h5 for each rank R
//                     that has its own state
//   LATEST            "step-120\n", the checkpoint that was written last
//   .tmp-step-130/    a checkpoint that is being written
//   .old-step-120/    a checkpoint that is being replaced
//   .trash-step-90/   a checkpoint that is being deleted
//   .trash-step-90.2/ the same, if .trash-step-90/ could not be deleted
//
// Names that begin with a dot may stay after a crash; recover_folder() clears or restores them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "framework/base/file.hpp"
#include "framework/checkpoint/manifest.hpp"

namespace laconic {

std::string step_name(int64_t step);  // "step-120"

// Returns the steps that have a folder, in the order in which to try them:
//   1. the step that LATEST names
//   2. the steps before it, newest first
//   3. the steps after it, which were abandoned when the run went back to an earlier step
// Without a usable LATEST the newest step comes first. A missing folder has no steps.
std::vector<int64_t> steps_in_order_of_trust(FileSystem& files, const std::string& folder);

// Clears what a crash has left, and restores a checkpoint that was being replaced. Only rank 0 of
// the run may call it, before any rank reads. Returns one sentence per folder that could not be
// cleared; such folders do no harm. Folders that laconic did not write stay.
std::vector<std::string> recover_folder(FileSystem& files, const std::string& folder);

// Reads and checks the manifest of one checkpoint. Error(data | io) if there is no valid one.
Manifest read_manifest(FileSystem& files, const std::string& step_folder);

// Returns the whole file, after its length and hash have been compared with `record`.
// Error(data) if they differ.
std::string read_verified(FileSystem& files, const std::string& step_folder,
                          const FileRecord& record);

enum class Depth { sizes, contents };
// Returns one sentence per problem; empty if there is none. A sentence names the file and, with
// Depth::contents, the damaged tensors.
std::vector<std::string> find_problems(FileSystem& files, const std::string& step_folder,
                                       Depth depth);

// Returns the folder of one checkpoint. `path` is that folder, a folder of checkpoints or a run
// folder. In the last two cases the first complete checkpoint in order of trust is chosen, with a
// warning for each one before it. Error(no_checkpoint) if there is none.
std::string resolve_checkpoint(FileSystem& files, const std::string& path);

struct Verified {
  std::string path;  // of a checkpoint, or of LATEST
  std::vector<std::string> problems;
};
// Checks the contents of one checkpoint, or of all checkpoints of a folder or a run folder. Checks
// also that LATEST names one of them. Error(no_checkpoint) if there is none.
std::vector<Verified> verify_checkpoints(FileSystem& files, const std::string& path);

}  // namespace laconic
