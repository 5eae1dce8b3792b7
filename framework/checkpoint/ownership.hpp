// Recognises the folders of `checkpoints` that laconic wrote. All other folders are never changed,
// whatever their names are.
#pragma once

#include <string>

#include "framework/base/file.hpp"

namespace laconic {

// Returns whether `folder` is a real folder and laconic wrote every file in it. Such a file is
// named by a valid manifest, or it has a name of laconic's and begins like such a file. After a
// crash it may be shorter, or zeros. Files that a server keeps while they are open (.nfs*) are
// ignored. Returns false if the folder cannot be read.
bool is_ours(FileSystem& files, const std::string& folder);

// Removes a folder for which is_ours() holds, and its manifest last.
// Error(io): a file could not be removed; then the manifest stays, too, and all other files go.
// Error(data): laconic did not write the folder.
void remove_ours(FileSystem& files, const std::string& folder);

// Returns the first name that is free of `path`, `path`.2, `path`.3, ...
std::string unused_name(FileSystem& files, const std::string& path);

}  // namespace laconic
