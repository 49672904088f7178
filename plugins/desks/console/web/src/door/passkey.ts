import type { EnrolmentView, PasskeyAssertion, PasskeyAttestation, SignInView } from "../api";
import { toBytes, toText } from "./base64url";

const algorithms = [-7, -8, -257]; // of COSE, as core/trust/passkey.h takes them: ES256, EdDSA, RS256

/// Whether this browser has passkeys at all.
export const passkeysWork = (): boolean => typeof PublicKeyCredential === "function";

/// A passkey that the person picks, asked for with their finger, face or PIN. Throws a DOMException when they give up.
export async function usePasskey(view: SignInView): Promise<PasskeyAssertion> {
  const credential = (await navigator.credentials.get({
    publicKey: {
      challenge: toBytes(view.challenge),
      rpId: view.relyingParty,
      userVerification: "required",
    },
  })) as PublicKeyCredential;
  const response = credential.response as AuthenticatorAssertionResponse;
  return {
    credential: toText(credential.rawId),
    clientData: toText(response.clientDataJSON),
    authenticatorData: toText(response.authenticatorData),
    signature: toText(response.signature),
    userHandle: response.userHandle ? toText(response.userHandle) : "",
  };
}

/// Makes a passkey that can be found without a name.
export async function makePasskey(view: EnrolmentView, label: string): Promise<PasskeyAttestation> {
  const credential = (await navigator.credentials.create({
    publicKey: {
      challenge: toBytes(view.challenge),
      rp: { id: view.relyingParty, name: "Sanad" },
      user: { id: toBytes(view.userHandle), name: view.name, displayName: view.displayName || view.name },
      pubKeyCredParams: algorithms.map((alg) => ({ type: "public-key", alg })),
      authenticatorSelection: { residentKey: "required", requireResidentKey: true, userVerification: "required" },
      attestation: "none",
      excludeCredentials: view.credentials.map((id) => ({ type: "public-key", id: toBytes(id) })),
    },
  })) as PublicKeyCredential;
  const response = credential.response as AuthenticatorAttestationResponse;
  return {
    clientData: toText(response.clientDataJSON),
    authenticatorData: toText(response.getAuthenticatorData()),
    label,
  };
}
