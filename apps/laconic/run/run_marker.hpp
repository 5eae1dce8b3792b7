// Recognises the folders that are runs of laconic. The marker is the first file of a run. Folders
// without one belong to somebody else, and laconic does not change them.
#pragma once

#include <string>

#include "framework/base/file.hpp"

namespace laconic {

enum class Occupant {
  nobody,    // no folder, or an empty one
  started,   // a run that ended before its first unit and its first checkpoint
  run,       // any other run
  stranger,  // neither
};

// Returns the occupant of the folder. Early versions of laconic wrote no markers. Their runs are
// recognised by outcome.json or the manifest of a checkpoint.
Occupant occupant_of(FileSystem& files, const std::string& folder);

// Writes laconic-run.json, unless it is there.
void mark_run(FileSystem& files, const std::string& folder);

// Checks that no name of laconic's files in the run folder is a link, a device or the like, since
// writing there could change files outside of the folder.
// Error(cannot_create) if one is, or if a file and a folder are interchanged.
void require_own_names(FileSystem& files, const std::string& folder);

// Replaces logs that are hard links by copies, since logs are written in place. For example, a
// backup by `cp -al` shares its files with the run folder.
void separate_logs(FileSystem& files, const std::string& folder);

}  // namespace laconic
