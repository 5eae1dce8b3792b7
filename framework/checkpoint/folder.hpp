// The folder `checkpoints` of a run: which steps are there, in which order to trust them, what a
// crash left over, and whether one step's folder holds what its manifest says.
//
//   step-120/       a complete checkpoint: rank0.h5, rankR.h5 where rank R has state of its own,
//   manifest.json LATEST          "step-120\n": the one written last .tmp-step-130/  being written
//   .old-step-120/  being replaced
//   .trash-step-90/ being deleted
//
// The last three are garbage after a crash; recover_folder() clears them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "framework/base/file.hpp"
#include "framework/checkpoint/manifest.hpp"

namespace laconic {

std::string step_name(int64_t step);  // "step-120"

// Steps that have a folder, the one to try first first: what LATEST names, then the steps before
// it, newest first, then the steps after it, which a run that went back has abandoned. Without a
// usable LATEST simply the newest first. No folder, no steps.
std::vector<int64_t> steps_in_order_of_trust(FileSystem& files, const std::string& folder);

// Clears what a crash left over, and puts back a checkpoint that was about to be replaced. Only
// the owner of the run (its rank 0) may call it, before anybody reads.
void recover_folder(FileSystem& files, const std::string& folder);

// Error(data) or Error(io) when there is no valid manifest.
Manifest read_manifest(FileSystem& files, const std::string& step_folder);

// The whole file, after its length and hash turned out to be the recorded ones; else Error(data).
std::string read_verified(FileSystem& files, const std::string& step_folder,
                          const FileRecord& record);

enum class Depth { sizes, contents };
// One sentence a problem, naming the file and, with Depth::contents, the damaged tensors. Empty:
// fine.
std::vector<std::string> find_problems(FileSystem& files, const std::string& step_folder,
                                       Depth depth);

// The folder of one checkpoint, from what a user may name: that folder, a folder of checkpoints,
// or a run folder (then the most trusted that is complete). Else Error(no_checkpoint).
std::string resolve_checkpoint(FileSystem& files, const std::string& path);

}  // namespace laconic
