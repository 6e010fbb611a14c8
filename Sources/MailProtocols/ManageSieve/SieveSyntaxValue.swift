// What an argument may be: its kind in the grammar (RFC 5228 2.4), and what it has to mean.

/// The kinds of arguments, tags apart.
enum SieveSyntaxShape {
  case number, string
  /// A list; one string is a list of one.
  case strings

  /// What it is called in an error.
  var text: String {
    switch self {
    case .number: "a number"
    case .string: "a string"
    case .strings: "a string list"
    }
  }
}

/// The meaning of an argument, as far as it is judged.
enum SieveSyntaxValue {
  case number
  /// A number that counts from 1.
  case ordinal
  case text, texts
  case comparator, relation
  case address
  /// Recipients of the draft of notify, when its method is mailto.
  case recipients
  case addressHeaders, envelopeParts
  /// A header field's name: what is not one is worth a warning.
  case headerName, headerNames
  /// The name of a header field to write: what is not one is an error.
  case fieldName
  /// As Pigeonhole takes it in deleteheader, where RFC 5293 has one name.
  case fieldNames
  case variableName, variableNames
  case importance, notifyMethod, notifySender, notifyOptions
  case scriptName, programName

  var shape: SieveSyntaxShape {
    switch self {
    case .number, .ordinal: .number
    case .texts, .addressHeaders, .envelopeParts, .headerNames, .variableNames, .notifyOptions,
      .fieldNames, .recipients:
      .strings
    case .text, .comparator, .relation, .address, .headerName, .fieldName, .variableName,
      .importance, .notifyMethod, .notifySender, .scriptName, .programName:
      .string
    }
  }

  /// Whether a variable may stand in it.
  var mustBeConstant: Bool {
    switch self {
    case .comparator, .relation, .importance, .scriptName, .programName, .variableName,
      .variableNames:
      true
    case .number, .ordinal, .text, .texts, .address, .recipients, .addressHeaders,
      .envelopeParts, .headerName, .headerNames, .fieldName, .fieldNames, .notifyMethod,
      .notifySender, .notifyOptions:
      false
    }
  }
}
