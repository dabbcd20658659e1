internal import Redaction

/// A table for people: columns as wide as needed, lines cut at the edge of the terminal.
struct Table {
    /// One cell: its plain text counts for the width, its painted text is printed.
    struct Cell {
        let text: String
        let paint: (String) -> String

        /// The longest text of a cell.
        static let lengthMax = 200

        init(_ text: String, paint: @escaping (String) -> String = { $0 }) {
            // A secret that is cut first would not be known for one any more.
            self.text = PlainText.singleLine(
                OutputMask.text(PlainText.strip(text)), max: Self.lengthMax)
            self.paint = paint
        }
    }

    let header: [String]
    var rows: [[Cell]] = []
    let style: Style

    private static let gap = 2

    init(_ header: [String], style: Style) {
        self.header = header
        self.style = style
    }

    /// The lines of the table.
    ///
    /// - Parameter width: where lines are cut; nil for no limit.
    func lines(width: Int?) -> [String] {
        let all = [header.map { text in Cell(text) { style.bold($0) } }] + rows
        var starts = [0]
        for column in header.indices.dropLast() {
            let widest = all.map { TextWidth.columns($0[column].text) }.max() ?? 0
            starts.append(starts[column] + widest + Self.gap)
        }
        return all.map { line($0, starts: starts, limit: width ?? .max) }
    }

    /// Sets the cells at their columns; nothing stands behind the last one that has a text.
    private func line(_ cells: [Cell], starts: [Int], limit: Int) -> String {
        var line = ""
        var used = 0
        for (cell, start) in zip(cells, starts) where !cell.text.isEmpty && start < limit {
            let room = limit - start
            let fits = TextWidth.columns(cell.text) <= room
            let text = fits ? cell.text : TextWidth.prefix(cell.text, columns: room - 1) + "…"
            line += String(repeating: " ", count: start - used) + cell.paint(text)
            used = start + TextWidth.columns(text)
        }
        return line
    }
}
