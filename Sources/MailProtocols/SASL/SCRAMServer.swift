// The server side of SCRAM, with and without channel binding (RFC 5802, RFC 7677). Only salted keys
// are asked for. Failures are told in the protocol's own words, not with `e=`, which would cost a
// round trip and tell more than needed (RFC 5802 7).

/// The server side of a SCRAM mechanism.
package struct SCRAMServer: SASLServerMechanism {
  private enum State {
    case initial
    case prompted
    case sentFirst(Dialogue)
    case done
  }

  /// What is remembered between the two messages of the client.
  private struct Dialogue {
    let first: SCRAMClientFirst
    let server: SCRAMServerFirst
    /// What the client's `c=` must be.
    let binding: [UInt8]
    let user: String
    let authzid: String?
    let keys: SCRAMKeys
    let isDecoy: Bool
  }

  /// `SCRAM-SHA-256`, `SCRAM-SHA-256-PLUS` and their like.
  package let name: SASLMechanismName
  private let hash: SCRAMHash
  private let use: SCRAMBindingUse
  private let context: SASLServerContext
  private var state = State.initial

  /// For one exchange.
  package init(_ hash: SCRAMHash, _ use: SCRAMBindingUse, context: SASLServerContext) {
    name = .scram(hash, use)
    self.hash = hash
    self.use = use
    self.context = context
  }

  /// The server-first-message; then the end, a success with the server-final-message beside it.
  package mutating func next(_ response: [UInt8]?) -> SASLServerStep {
    switch (state, response) {
    case (.initial, nil):
      state = .prompted
      return .challenge([])
    case (.initial, .some(let message)), (.prompted, .some(let message)):
      state = .done
      do throws(SASLServerFailure) {
        let dialogue = try begin(message)
        state = .sentFirst(dialogue)
        return .challenge(dialogue.server.wire)
      } catch {
        return .failure(error)
      }
    case (.sentFirst(let dialogue), .some(let message)):
      state = .done
      do throws(SASLServerFailure) {
        return try end(dialogue, message)
      } catch {
        return .failure(error)
      }
    case (.prompted, nil), (.sentFirst, nil), (.done, _):
      state = .done
      return .failure(.malformed)
    }
  }

  // MARK: The client's first message

  private func begin(_ message: [UInt8]) throws(SASLServerFailure) -> Dialogue {
    let first: SCRAMClientFirst
    do throws(SCRAMServerError) {
      first = try SCRAMClientFirst(parsing: message)
    } catch {
      throw SASLServerFailure(error)
    }
    let binding = first.header.wire + (try bindingData(for: first.header.flag))
    guard let user = context.name(first.user) else { throw .credentials }
    var authzid: String?
    if let bytes = first.header.authzid {
      guard let name = context.name(bytes) else { throw .authorization }
      authzid = name
    }
    let (keys, isDecoy) = try keys(of: user)
    let nonce = context.nonce()
    precondition(SCRAMAttributes.isNonce(nonce), "the nonce handed in is not printable ASCII")
    return Dialogue(
      first: first,
      server: SCRAMServerFirst(
        nonce: first.nonce + nonce, salt: keys.salt, iterations: keys.iterations),
      binding: binding, user: user, authzid: authzid, keys: keys, isDecoy: isDecoy)
  }

  /// The octets a client with this flag must bind, or why it must fail (RFC 5802 6).
  private func bindingData(for flag: GS2Header.Flag) throws(SASLServerFailure) -> [UInt8] {
    switch (flag, use, context.binding) {
    case (.bound(let kind), .bound, .offered(let bindings)):
      guard let binding = bindings.first(where: { $0.kind == kind }) else {
        throw .channelBinding(.unsupportedChannelBindingType)
      }
      return binding.data
    case (.unavailable, .unbound, _), (.unadvertised, .unbound, .notOffered):
      return []
    case (.unadvertised, .unbound, .offered):
      throw .channelBinding(.serverDoesSupportChannelBinding)
    case (.bound, .unbound, _), (.bound, .bound, .notOffered), (.unavailable, .bound, _),
      (.unadvertised, .bound, _):
      throw .channelBinding(.channelBindingNotSupported)
    }
  }

  private func keys(
    of user: String
  ) throws(SASLServerFailure) -> (keys: SCRAMKeys, isDecoy: Bool) {
    switch context.authority.scramKeys(of: user, hash: hash) {
    case .found(let keys):
      // Keys of another hash could not be checked against anything.
      guard keys.hash == hash else { throw .unavailable }
      return (keys, false)
    case .unknown:
      guard
        let keys = try? context.decoy.keys(
          of: Array(user.utf8), hash: hash, digest: context.digest)
      else { throw .unavailable }
      return (keys, true)
    case .unavailable:
      throw .unavailable
    }
  }

  // MARK: The client's final message

  private func end(
    _ dialogue: Dialogue, _ message: [UInt8]
  ) throws(SASLServerFailure) -> SASLServerStep {
    let final: SCRAMClientFinal
    do throws(SCRAMServerError) {
      final = try SCRAMClientFinal(parsing: message)
    } catch {
      throw SASLServerFailure(error)
    }
    guard final.nonce == dialogue.server.nonce, final.proof.count == hash.byteCount else {
      throw .malformed
    }
    guard constantTimeEqual(final.binding, dialogue.binding) else {
      throw .channelBinding(.channelBindingsDontMatch)
    }
    let authMessage = SCRAMProof.authMessage(
      clientFirstBare: dialogue.first.bare, serverFirst: dialogue.server.wire,
      clientFinalWithoutProof: final.withoutProof)
    let signature: [UInt8]
    let isProven: Bool
    do throws(SASLError) {
      let scram = SCRAMProof(hash: hash, digest: context.digest)
      var clientKey = try scram.proof(
        final.proof, storedKey: dialogue.keys.storedKey, authMessage: authMessage)
      defer { SASLSecret.wipe(&clientKey) }
      let storedKey = try context.digest.hash(clientKey, with: hash)
      isProven = constantTimeEqual(storedKey, dialogue.keys.storedKey)
      signature = try scram.serverSignature(
        serverKey: dialogue.keys.serverKey, authMessage: authMessage)
    } catch {
      throw .unavailable
    }
    guard isProven, !dialogue.isDecoy else { throw .credentials }
    return context.authority.conclude(
      authcid: dialogue.user, authzid: dialogue.authzid,
      additionalData: SCRAMServerFinal.signature(signature).wire)
  }
}

extension SASLServerFailure {
  /// What a SCRAM error comes to for the protocol around.
  fileprivate init(_ error: SCRAMServerError) {
    switch error {
    case .invalidEncoding, .extensionsNotSupported, .invalidUsernameEncoding, .otherError:
      self = .malformed
    case .invalidProof, .unknownUser:
      self = .credentials
    case .channelBindingsDontMatch, .serverDoesSupportChannelBinding,
      .channelBindingNotSupported, .unsupportedChannelBindingType:
      self = .channelBinding(error)
    case .noResources:
      self = .unavailable
    }
  }
}
