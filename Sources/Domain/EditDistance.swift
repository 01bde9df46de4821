/// How many letters have to be changed, added or left out to make one word of another.
public func editDistance(_ left: String, _ right: String) -> Int {
    let right = Array(right)
    var row = Array(0...right.count)
    for (index, letter) in left.enumerated() {
        var previous = row[0]
        row[0] = index + 1
        for column in right.indices {
            let cost = right[column] == letter ? previous : min(previous, row[column], row[column + 1]) + 1
            previous = row[column + 1]
            row[column + 1] = cost
        }
    }
    return row[right.count]
}
