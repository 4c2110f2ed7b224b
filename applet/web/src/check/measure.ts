/** Measures what a session would need, without asking the customer for anything. */

import { abilities } from "../state/facts.ts";
import type { CheckFacts } from "../wire/about.gen.ts";
import type { Camera, Measured } from "./rules.ts";
import { askSocket } from "./socket.ts";

const ABOUT = "/check/about";
const CHANNEL_MS = 5_000;
const STUN_MS = 6_000;

/** Measure everything, at the same time. */
export async function measure(): Promise<Measured> {
  const facts = await askFacts();
  const { secure, shows, phone } = abilities();
  const [camera, channel, udp, socket] = await Promise.all([
    secure ? findCamera() : null,
    opensChannel(),
    facts === null ? null : answersByUdp(facts.ice),
    askSocket(location.origin, async () => (await askFacts()) !== null),
  ]);
  const wasm = typeof WebAssembly === "object";
  return { secure, phone, wasm, storage: keeps(), shows, camera, channel, udp, ...socket };
}

async function askFacts(): Promise<CheckFacts | null> {
  try {
    const answer = await fetch(ABOUT, { cache: "no-store" });
    return answer.ok ? ((await answer.json()) as CheckFacts) : null;
  } catch {
    return null;
  }
}

/** Whether the browser keeps something for this page until the tab is closed. */
function keeps(): boolean {
  try {
    sessionStorage.setItem("deskside.check", "1");
    sessionStorage.removeItem("deskside.check");
    return true;
  } catch {
    return false;
  }
}

/** Find out whether there is a camera and whether this page may use it: nothing is switched on, and the customer is not asked. */
async function findCamera(): Promise<Camera> {
  const devices = navigator.mediaDevices as MediaDevices | undefined;
  if (typeof devices?.getUserMedia !== "function") return "unsupported";
  const permission = await cameraPermission();
  if (permission === "denied") return "off";
  const found = await devices.enumerateDevices().catch(() => []);
  if (!found.some(({ kind }) => kind === "videoinput")) return "none";
  return permission === "granted" ? "ready" : "asks";
}

async function cameraPermission(): Promise<PermissionState> {
  try {
    return (await navigator.permissions.query({ name: "camera" })).state;
  } catch {
    return "prompt"; // not every browser tells
  }
}

/** Whether two connections of this page find each other: an extension or a policy may forbid it. */
async function opensChannel(): Promise<boolean> {
  if (typeof RTCPeerConnection !== "function") return false;
  const [here, there] = [new RTCPeerConnection(), new RTCPeerConnection()];
  try {
    here.onicecandidate = ({ candidate }) => void there.addIceCandidate(candidate ?? undefined).catch(() => {});
    there.onicecandidate = ({ candidate }) => void here.addIceCandidate(candidate ?? undefined).catch(() => {});
    const channel = here.createDataChannel("check");
    const opened = new Promise<boolean>((resolve) => {
      channel.onopen = () => resolve(true);
      setTimeout(() => resolve(false), CHANNEL_MS);
    });
    await here.setLocalDescription();
    await there.setRemoteDescription(here.localDescription!);
    await there.setLocalDescription();
    await here.setRemoteDescription(there.localDescription!);
    return await opened;
  } catch {
    return false;
  } finally {
    here.close();
    there.close();
  }
}

/** Whether one of these STUN servers answers; null where there is none, or the browser cannot ask. */
async function answersByUdp(urls: readonly string[]): Promise<boolean | null> {
  if (urls.length === 0 || typeof RTCPeerConnection !== "function") return null;
  const connection = new RTCPeerConnection({ iceServers: [{ urls: [...urls] }] });
  try {
    connection.createDataChannel("check");
    const answered = new Promise<boolean>((resolve) => {
      // Where the address outside is the computer's own, and the page may know that, browsers do not tell it twice.
      let [isOpen, isSilent] = [false, false];
      connection.onicecandidateerror = () => {
        isSilent = true;
      };
      connection.onicecandidate = ({ candidate }) => {
        if (candidate === null) resolve(isOpen && !isSilent);
        else if (candidate.type === "srflx") resolve(true);
        else if (!candidate.address?.endsWith(".local")) isOpen = true;
      };
      setTimeout(() => resolve(false), STUN_MS);
    });
    await connection.setLocalDescription();
    return await answered;
  } catch {
    return null;
  } finally {
    connection.close();
  }
}
