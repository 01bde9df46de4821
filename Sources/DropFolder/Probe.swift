/// What can be told of a candidate without reading it.
public struct Probe: Sendable, Hashable {
    /// Bytes.
    public var size: Int
    /// Time of the last change of any kind, nanoseconds since 1970.
    public var changed: Int64
    /// Time of the content, nanoseconds since 1970; only ever compared for equality.
    public var modified: Int64
    /// Whether somebody has it open for writing.
    public var writer: Writer
    /// Whether it has a second name somewhere, by which it can be changed or seen: a hard link.
    public var hasSecondName: Bool

    /// What was found.
    public init(size: Int, changed: Int64, modified: Int64, writer: Writer, hasSecondName: Bool = false) {
        self.size = size
        self.changed = changed
        self.modified = modified
        self.writer = writer
        self.hasSecondName = hasSecondName
    }
}
