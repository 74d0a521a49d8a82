//! Slots that the C++ side hands out, one by one, instead of a fixed number of them.

use std::{
    collections::HashMap,
    ffi::c_void,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use temporalio_sdk_core::{
    ActivitySlotKind, SlotMarkUsedContext, SlotReleaseContext, SlotReservationContext, SlotSupplier,
    SlotSupplierPermit,
};
use tokio::sync::oneshot;

use crate::ffi::User;

pub type tcore_slot_fn = Option<unsafe extern "C" fn(user: *mut c_void, number: u64)>;
pub type tcore_slot_try_fn = Option<unsafe extern "C" fn(user: *mut c_void) -> u64>;
pub type tcore_slot_end_fn = Option<unsafe extern "C" fn(user: *mut c_void)>;

/// All but `end` are needed.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct tcore_slot_supplier {
    pub user: *mut c_void,
    /// Somebody waits for a permit under this number: to be answered with `tcore_slots_grant`, at any time.
    pub reserve: tcore_slot_fn,
    /// Nobody waits under this number any more.
    pub withdraw: tcore_slot_fn,
    /// A permit at once, or 0.
    pub try_reserve: tcore_slot_try_fn,
    /// The permit has got its task.
    pub mark_used: tcore_slot_fn,
    /// The permit is given back, whether it was used or not.
    pub release: tcore_slot_fn,
    /// The last call.
    pub end: tcore_slot_end_fn,
}

/// The caller's side of a supplier; the workers that use it keep it alive.
pub struct tcore_slots {
    shared: Arc<Shared>,
}

struct Shared {
    user: User,
    calls: Calls,
    waiting: Mutex<HashMap<u64, oneshot::Sender<u64>>>,
    last_reservation: AtomicU64,
}

#[derive(Clone, Copy)]
struct Calls {
    reserve: unsafe extern "C" fn(*mut c_void, u64),
    withdraw: unsafe extern "C" fn(*mut c_void, u64),
    try_reserve: unsafe extern "C" fn(*mut c_void) -> u64,
    mark_used: unsafe extern "C" fn(*mut c_void, u64),
    release: unsafe extern "C" fn(*mut c_void, u64),
    end: tcore_slot_end_fn,
}

impl tcore_slots {
    /// None if one of the functions is missing.
    pub fn new(supplier: tcore_slot_supplier) -> Option<Self> {
        let calls = Calls {
            reserve: supplier.reserve?,
            withdraw: supplier.withdraw?,
            try_reserve: supplier.try_reserve?,
            mark_used: supplier.mark_used?,
            release: supplier.release?,
            end: supplier.end,
        };
        let user = User::new(supplier.user);
        let shared = Shared { user, calls, waiting: Mutex::default(), last_reservation: AtomicU64::new(0) };
        Some(Self { shared: Arc::new(shared) })
    }

    /// False if nobody waits for it any more; the permit then stays the caller's.
    pub fn grant(&self, reservation: u64, permit: u64) -> bool {
        let waiter = self.shared.waiting().remove(&reservation);
        waiter.is_some_and(|waiter| waiter.send(permit).is_ok())
    }

    pub fn activity_supplier(&self) -> Arc<ActivitySlots> {
        Arc::new(ActivitySlots { shared: self.shared.clone() })
    }
}

impl Shared {
    fn waiting(&self) -> MutexGuard<'_, HashMap<u64, oneshot::Sender<u64>>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn reserve(self: &Arc<Self>) -> Reservation {
        let number = self.last_reservation.fetch_add(1, Ordering::Relaxed) + 1;
        let (sender, receiver) = oneshot::channel();
        self.waiting().insert(number, sender);
        // From here on, so that it is withdrawn whatever happens.
        let reservation = Reservation { shared: self.clone(), number, receiver };
        unsafe { (self.calls.reserve)(self.user.pointer(), number) };
        reservation
    }

    fn release(&self, permit: u64) {
        unsafe { (self.calls.release)(self.user.pointer(), permit) };
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        if let Some(end) = self.calls.end {
            unsafe { end(self.user.pointer()) };
        }
    }
}

/// Somebody who waits for a permit; core drops it when a worker shuts down.
struct Reservation {
    shared: Arc<Shared>,
    number: u64,
    receiver: oneshot::Receiver<u64>,
}

impl Reservation {
    async fn permit(mut self) -> u64 {
        match (&mut self.receiver).await {
            Ok(permit) => permit,
            // Nobody is left who could grant it. Until the shutdown, then.
            Err(_) => std::future::pending().await,
        }
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        if self.shared.waiting().remove(&self.number).is_some() {
            unsafe { (self.shared.calls.withdraw)(self.shared.user.pointer(), self.number) };
        } else if let Ok(permit) = self.receiver.try_recv() {
            self.shared.release(permit); // granted, and nobody took it
        }
    }
}

/// The slots of a worker's activities.
pub struct ActivitySlots {
    shared: Arc<Shared>,
}

impl ActivitySlots {
    fn permit(permit: u64) -> SlotSupplierPermit {
        SlotSupplierPermit::with_user_data(permit)
    }

    fn with(&self, permit: &SlotSupplierPermit, call: unsafe extern "C" fn(*mut c_void, u64)) {
        if let Some(permit) = permit.user_data::<u64>() {
            unsafe { call(self.shared.user.pointer(), *permit) };
        }
    }
}

#[async_trait::async_trait]
impl SlotSupplier for ActivitySlots {
    type SlotKind = ActivitySlotKind;

    async fn reserve_slot(&self, _: &dyn SlotReservationContext) -> SlotSupplierPermit {
        Self::permit(self.shared.reserve().permit().await)
    }

    fn try_reserve_slot(&self, _: &dyn SlotReservationContext) -> Option<SlotSupplierPermit> {
        let permit = unsafe { (self.shared.calls.try_reserve)(self.shared.user.pointer()) };
        (permit != 0).then(|| Self::permit(permit))
    }

    fn mark_slot_used(&self, context: &dyn SlotMarkUsedContext<SlotKind = Self::SlotKind>) {
        self.with(context.permit(), self.shared.calls.mark_used);
    }

    fn release_slot(&self, context: &dyn SlotReleaseContext<SlotKind = Self::SlotKind>) {
        self.with(context.permit(), self.shared.calls.release);
    }
}

#[cfg(test)]
mod tests {
    use std::ptr;

    use super::*;

    /// What the supplier was told, in order.
    #[derive(Default)]
    struct Heard(Mutex<Vec<(&'static str, u64)>>);

    impl Heard {
        fn note(user: *mut c_void, what: &'static str, number: u64) {
            let heard = unsafe { &*user.cast::<Self>() };
            heard.0.lock().unwrap().push((what, number));
        }

        fn take(&self) -> Vec<(&'static str, u64)> {
            std::mem::take(&mut self.0.lock().unwrap())
        }
    }

    unsafe extern "C" fn reserve(user: *mut c_void, number: u64) {
        Heard::note(user, "reserve", number);
    }
    unsafe extern "C" fn withdraw(user: *mut c_void, number: u64) {
        Heard::note(user, "withdraw", number);
    }
    unsafe extern "C" fn try_reserve(user: *mut c_void) -> u64 {
        Heard::note(user, "try", 0);
        0
    }
    unsafe extern "C" fn mark_used(user: *mut c_void, number: u64) {
        Heard::note(user, "used", number);
    }
    unsafe extern "C" fn release(user: *mut c_void, number: u64) {
        Heard::note(user, "release", number);
    }
    unsafe extern "C" fn end(user: *mut c_void) {
        Heard::note(user, "end", 0);
    }

    fn supplier(heard: &Heard) -> tcore_slot_supplier {
        tcore_slot_supplier {
            user: ptr::from_ref(heard).cast_mut().cast(),
            reserve: Some(reserve),
            withdraw: Some(withdraw),
            try_reserve: Some(try_reserve),
            mark_used: Some(mark_used),
            release: Some(release),
            end: Some(end),
        }
    }

    #[tokio::test]
    async fn a_granted_permit_reaches_who_waits_for_it() {
        let heard = Heard::default();
        let slots = tcore_slots::new(supplier(&heard)).unwrap();
        let reservation = slots.shared.reserve();
        assert_eq!(heard.take(), [("reserve", 1)]);

        assert!(slots.grant(1, 7));

        assert_eq!(reservation.permit().await, 7);
        assert_eq!(heard.take(), [], "it is in use");
    }

    #[tokio::test]
    async fn who_waits_no_more_withdraws() {
        let heard = Heard::default();
        let slots = tcore_slots::new(supplier(&heard)).unwrap();

        drop(slots.shared.reserve());

        assert_eq!(heard.take(), [("reserve", 1), ("withdraw", 1)]);
        assert!(!slots.grant(1, 7), "the permit stays with who gave it");
    }

    #[tokio::test]
    async fn a_permit_that_nobody_takes_is_given_back() {
        let heard = Heard::default();
        let slots = tcore_slots::new(supplier(&heard)).unwrap();
        let reservation = slots.shared.reserve();
        assert!(slots.grant(1, 7));
        heard.take();

        drop(reservation);

        assert_eq!(heard.take(), [("release", 7)]);
    }

    #[test]
    fn the_end_comes_once_and_after_the_last_worker() {
        let heard = Heard::default();
        let slots = tcore_slots::new(supplier(&heard)).unwrap();
        let used = slots.activity_supplier();

        drop(slots);
        assert_eq!(heard.take(), []);
        drop(used);
        assert_eq!(heard.take(), [("end", 0)]);
    }

    #[test]
    fn a_supplier_without_all_its_functions_is_refused() {
        let heard = Heard::default();

        assert!(tcore_slots::new(tcore_slot_supplier { withdraw: None, ..supplier(&heard) }).is_none());
        assert!(tcore_slots::new(tcore_slot_supplier { end: None, ..supplier(&heard) }).is_some());
    }
}
