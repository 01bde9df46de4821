extension StringProtocol {
    /// Whether another text is the same byte for byte. To `==` two ways to write an accent are the same.
    public func hasSameBytes(as other: some StringProtocol) -> Bool {
        let same = utf8.withContiguousStorageIfAvailable { own in
            other.utf8.withContiguousStorageIfAvailable { other in
                own.count == other.count && UnsafeRawBufferPointer(own).elementsEqual(UnsafeRawBufferPointer(other))
            }
        }
        return (same ?? nil) ?? utf8.elementsEqual(other.utf8)
    }
}
