#include "framework/config/reader.hpp"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <unordered_map>
#include <utility>

namespace laconic::config {

namespace {

// The lines of a text. They convert yaml-cpp's marks (from 0, in bytes) to positions.
class Lines {
 public:
  explicit Lines(std::string_view text) {
    do {
      const size_t length = std::min(text.find('\n'), text.size());
      lines_.push_back(text.substr(0, length));
      text.remove_prefix(std::min(length + 1, text.size()));
    } while (!text.empty());
  }

  // A mark behind the last line (an error at the end of the text) is the end of the last line.
  Position position(const YAML::Mark& mark) {
    const auto last = static_cast<int>(lines_.size()) - 1;
    const int index = std::clamp(mark.line, 0, last);
    const auto line = lines_[static_cast<size_t>(index)];
    const auto bytes = mark.line > last
                           ? line.size()
                           : std::min(static_cast<size_t>(std::max(mark.column, 0)), line.size());
    // Most marks come in order. So counting starts at the previous mark; else a line of one
    // megabyte would take minutes.
    if (index != counted_line_ || bytes < counted_bytes_) {
      counted_line_ = index;
      counted_bytes_ = counted_characters_ = 0;
    }
    for (; counted_bytes_ < bytes; ++counted_bytes_) {
      counted_characters_ += (static_cast<unsigned char>(line[counted_bytes_]) & 0xC0) != 0x80;
    }
    return {index + 1, static_cast<int>(counted_characters_) + 1};
  }

  bool starts_with(int line, std::string_view start) const {
    return line >= 1 && line <= static_cast<int>(lines_.size()) &&
           lines_[static_cast<size_t>(line - 1)].starts_with(start);
  }

 private:
  std::vector<std::string_view> lines_;
  int counted_line_ = -1;
  size_t counted_bytes_ = 0, counted_characters_ = 0;
};

// Ends the reading, since the text after this point cannot be understood.
struct Stop {
  Position at;
  std::string message;
};

// Builds the tree from yaml-cpp's events.
class TreeBuilder : public YAML::EventHandler {
 public:
  TreeBuilder(Lines& lines, std::string where) : lines_(lines), where_(std::move(where)) {}

  NodePtr root() const { return root_; }
  std::vector<Problem>& problems() { return problems_; }

  void report(Position at, std::string path, std::string message) {
    problems_.push_back({where_, at.line, at.col, std::move(path), std::move(message)});
  }

  // Returns the start of the innermost value that is still open, or the start of the text.
  Position open_at() const {
    if (frames_.empty()) return {1, 1};
    const auto& frame = frames_.back();
    return frame.has_key ? frame.key.at : frame.node->at;
  }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (!root_) return;
    const Position at = lines_.position(mark);
    const bool marker =
        lines_.starts_with(at.line, "---") || lines_.starts_with(at.line - 1, "---");
    throw Stop{at, marker ? "a second document starts here; a file holds one"
                          : "this line belongs to nothing above it: is its indentation right?"};
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    auto node = open(Node::Kind::null, mark);
    // The mark of a missing value is that of the next item in the text.
    if (!frames_.empty() && frames_.back().has_key) node->at = frames_.back().key.at;
    close(std::move(node), anchor);
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& text) override {
    auto node = open(Node::Kind::scalar, mark);
    node->text = text;
    node->quoted = tag == "!";  // so yaml-cpp says "do not guess a type"
    if (!node->quoted) refuse_tag(tag, node->at);
    if (text.find('\0') != text.npos) report(node->at, path(), "a NUL character (\\0) in a text");
    close(std::move(node), anchor);
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto found = anchors_.find(anchor);
    const Position at = lines_.position(mark);
    if (found == anchors_.end()) throw Stop{at, "an alias inside of the value that it names"};
    check_depth(at, found->second->depth);
    close(found->second, 0);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    start(Node::Kind::list, mark, tag, anchor);
  }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    start(Node::Kind::map, mark, tag, anchor);
  }
  void OnSequenceEnd() override { end(); }
  void OnMapEnd() override { end(); }

 private:
  struct Frame {  // a list or map that is not finished
    std::shared_ptr<Node> node;
    YAML::anchor_t anchor = 0;
    bool has_key = false;  // map: `key` waits for its value
    bool dropped = false;  // the value belongs to a refused key
    Node::Key key;
    std::unordered_map<std::string, Position> seen;
  };

  std::shared_ptr<Node> open(Node::Kind kind, const YAML::Mark& mark) {
    auto node = std::make_shared<Node>();
    node->kind = kind;
    node->at = lines_.position(mark);
    return node;
  }

  void start(Node::Kind kind, const YAML::Mark& mark, const std::string& tag,
             YAML::anchor_t anchor) {
    auto node = open(kind, mark);
    refuse_tag(tag, node->at);
    check_depth(node->at, 1);
    if (!frames_.empty() && frames_.back().node->kind == Node::Kind::map &&
        !frames_.back().has_key) {
      // yaml-cpp also reports a bracket that is never closed as a key.
      throw Stop{node->at,
                 "a key must be plain text; or is the bracket that opens here never closed?"};
    }
    frames_.push_back({std::move(node), anchor, false, false, {}, {}});
  }

  void end() {
    Frame frame = std::move(frames_.back());
    frames_.pop_back();
    close(std::move(frame.node), frame.anchor);
  }

  void close(NodePtr node, YAML::anchor_t anchor) {
    if (anchor != 0) anchors_[anchor] = node;
    if (frames_.empty()) {
      root_ = std::move(node);
      return;
    }
    Frame& frame = frames_.back();
    if (frame.node->kind == Node::Kind::map && !frame.has_key) return take_key(frame, *node);
    frame.has_key = false;
    if (std::exchange(frame.dropped, false)) return;
    Node& parent = *frame.node;
    parent.nodes += node->nodes;
    parent.depth = std::max(parent.depth, node->depth + 1);
    if (parent.nodes > max_nodes) {
      throw Stop{parent.at, fmt::format("more than {} values, aliases expanded", max_nodes)};
    }
    if (parent.kind == Node::Kind::map) parent.keys.push_back(std::move(frame.key));
    parent.items.push_back(std::move(node));
  }

  void take_key(Frame& frame, const Node& node) {
    if (node.kind != Node::Kind::scalar) throw Stop{node.at, "a key must be plain text"};
    frame.key = {node.text, node.at};
    frame.has_key = true;
    const auto [first, is_new] = frame.seen.try_emplace(node.text, node.at);
    if (node.text == "<<") {
      report(node.at, path(),
             "merge keys are not read; write the keys out, or share whole values "
             "with &name and *name");
      frame.dropped = true;
    } else if (!is_new) {
      report(node.at, path(),
             fmt::format("the key is given twice; first at {}:{}:{}", where_, first->second.line,
                         first->second.col));
      frame.dropped = true;
    }
  }

  void refuse_tag(const std::string& tag, Position at) {
    if (tag.empty() || tag == "?" || tag == "!") return;
    report(at, path(), fmt::format("tags are not read; delete {}", shown(tag)));
  }

  void check_depth(Position at, int levels) const {
    if (static_cast<int>(frames_.size()) + levels > max_depth) {
      throw Stop{at, fmt::format("nested deeper than {} levels", max_depth)};
    }
  }

  std::string path() const {
    std::string text;
    for (const auto& frame : frames_) {
      if (frame.node->kind == Node::Kind::list) {
        text += fmt::format("[{}]", frame.node->items.size());
      } else if (frame.has_key) {
        text += (text.empty() ? "" : ".") + frame.key.name;
      }
    }
    return text;
  }

  Lines& lines_;
  std::string where_;
  std::vector<Frame> frames_;
  std::map<YAML::anchor_t, NodePtr> anchors_;
  NodePtr root_;
  std::vector<Problem> problems_;
};

// yaml-cpp's error in our words, where we know better what people do wrong. `opened` is where the
// innermost unfinished value began: what is never closed is told there, not at the end of the text.
Stop syntax_error(const std::string& theirs, Position at, Position opened) {
  for (const auto unclosed : {"illegal EOF in scalar", "illegal document indicator in scalar"}) {
    if (theirs == unclosed) return {opened, "a quote that opens here or later is never closed"};
  }
  if (theirs == "end of sequence flow not found" || theirs == "end of map flow not found") {
    return {opened, "the bracket that opens here is never closed"};
  }
  constexpr std::array<std::pair<const char*, const char*>, 7> known = {{
      {"illegal map value",
       "a ':' that cannot be here; quote a text that holds ': ', and check the "
       "indentation of this line and the one above"},
      {"illegal block entry", "a list item '- ' that cannot be here; start it on its own line"},
      {"unknown token", "a character that cannot start a value; put the text in quotes"},
      {"the referenced anchor is not defined", "an alias (*name) for which no &name stands above"},
      {"unknown escape character: ",
       "unknown escape after '\\'; in double quotes write '\\\\' for a "
       "backslash, or use single quotes"},
      {"bad file", "nested too deep"},
      {"end of map not found",
       "this does not fit in here; check the indentation, quotes and commas"},
  }};
  for (const auto& [start, ours] : known) {
    if (theirs.starts_with(start)) return {at, ours};
  }
  return {at, fmt::format("not YAML: {}", shown(theirs))};
}

}  // namespace

Document read_yaml(std::string_view text, const std::string& where) {
  Document document;
  document.problems = check_bytes(text, where);
  document.complete = document.problems.empty();
  if (!document.complete) return document;

  if (text.starts_with("\xEF\xBB\xBF"))
    text.remove_prefix(3);  // a byte order mark says nothing here
  // The end marker makes yaml-cpp notice a quote that is never closed.
  std::istringstream stream(std::string(text) + (text.ends_with('\n') ? "...\n" : "\n...\n"));
  Lines lines(text);
  TreeBuilder builder(lines, where);
  const auto stop = [&](const Stop& problem) {
    builder.report(problem.at, "", problem.message);
    document.complete = false;
  };
  try {
    YAML::Parser parser(stream);
    parser.HandleNextDocument(builder);
    parser.HandleNextDocument(builder);  // stops if there is a second one
  } catch (const Stop& problem) {
    stop(problem);
  } catch (const YAML::Exception& error) {
    stop(syntax_error(error.msg, lines.position(error.mark), builder.open_at()));
  }
  document.root = builder.root() ? builder.root() : std::make_shared<const Node>();
  document.problems = std::move(builder.problems());
  return document;
}

std::string load_text(const std::string& file) {
  const auto refuse = [&](const std::string& message) {
    throw ConfigError({{file, 0, 0, "", message}});
  };
  std::error_code error;
  const auto status = std::filesystem::status(file, error);
  if (status.type() == std::filesystem::file_type::not_found) refuse("no such file");
  if (std::filesystem::is_directory(status)) refuse("is a folder, not a YAML file");
  std::ifstream stream(file, std::ios::binary);
  if (!stream) refuse(fmt::format("cannot be read: {}", std::strerror(errno)));
  // One byte more than allowed shows "too large", even for a pipe or an endless device.
  std::string text(static_cast<size_t>(max_text_bytes) + 1, '\0');
  stream.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (stream.bad()) refuse(fmt::format("cannot be read: {}", std::strerror(errno)));
  text.resize(static_cast<size_t>(stream.gcount()));
  if (static_cast<int64_t>(text.size()) > max_text_bytes) {
    refuse(fmt::format("larger than the {} bytes allowed", max_text_bytes));
  }
  return text;
}

}  // namespace laconic::config
