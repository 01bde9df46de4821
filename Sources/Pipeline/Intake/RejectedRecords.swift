/// How refused records stood in their file.
enum RejectedShape {
    case list
    case lines
    /// The header row's bytes, with its end.
    case csv(header: [UInt8])
}

/// Where refused records are copied to, ready to be mended and dropped again.
protocol RejectedRecords: AnyObject {
    /// Tells how they stood in their file, before the first one.
    func begin(_ shape: RejectedShape)
    /// Copies one, byte for byte.
    func add(_ raw: [UInt8]) throws
}
